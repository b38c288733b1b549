package org.wandagpu.compute.cuda;

/**
 * Attention heads inside the rows of a matrix, as {@link org.wandagpu.compute.Heads} has them.
 *
 * @param offset element where head 0 begins in a row
 * @param headStride elements from one head to the next
 * @param count number of heads
 * @param headDim elements of a head
 */
public record DeviceHeads(DeviceMatrix matrix, int offset, int headStride, int count, int headDim) {
}
