/**
 * What a user can be told: one exception type for each way a run can end, each with its exit code.
 *
 * <p>Imports nothing of the project. A message is one line that says what is wrong, where, and what to do.
 */
package org.wandagpu.failure;
