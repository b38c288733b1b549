/**
 * What a device can do: tensors, and the operations of a decoder block and of pruning.
 *
 * <p>The model, the scheduler and the pruning methods are written once against {@link org.wandagpu.compute.Ops};
 * backends live in the packages below this one and are named only by {@code device}. May import {@code tensor} and
 * {@code failure}.
 */
package org.wandagpu.compute;
