package org.wandagpu.compute;

/**
 * Attention heads inside the rows of a tensor: element (token t, head h, dimension d) is element
 * {@code offset + h * headStride + d} of row t. Covers separate and every fused QKV layout without a copy.
 *
 * @param tensor F32 {@code [tokens, features]}
 * @param offset element where head 0 begins in a row
 * @param headStride elements from one head to the next
 * @param count number of heads
 * @param headDim elements of a head
 */
public record Heads(Tensor tensor, int offset, int headStride, int count, int headDim) {

    /** Heads that lie side by side and fill the rows. */
    public static Heads adjacent(Tensor tensor, int count, int headDim) {
        return new Heads(tensor, 0, headDim, count, headDim);
    }

    /** The same heads of other rows. */
    public Heads rows(long first, long rowCount) {
        return new Heads(tensor.rows(first, rowCount), offset, headStride, count, headDim);
    }
}
