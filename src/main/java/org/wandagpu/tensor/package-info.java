/**
 * Element types, 16-bit float conversions, the N:M pattern and named tensors in host memory.
 *
 * <p>May import {@code failure} only.
 */
package org.wandagpu.tensor;
