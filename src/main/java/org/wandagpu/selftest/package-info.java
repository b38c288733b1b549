/**
 * Holds a device's operations to the CPU's, on the machine at hand.
 *
 * <p>May import {@code compute}.
 */
package org.wandagpu.selftest;
