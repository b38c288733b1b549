/**
 * The command line: one class a command, options shared by several as mixins, exit codes in one place.
 *
 * <p>Results go to standard output, progress and messages to standard error. May import everything but the launcher.
 */
package org.wandagpu.cli;
