/**
 * Looks into checkpoints: zeros and N:M patterns of every linear layer, and the differences of two checkpoints.
 *
 * <p>Reads host memory only, no device. May import {@code model}, {@code tensor} and {@code result}.
 */
package org.wandagpu.inspect;
