package org.wandagpu.compute;

/**
 * Attention heads inside the rows of a tensor: element (token t, head h, dimension d) is element
 * {@code offset + h * headStride + d} of row t. Covers separate and every fused QKV layout without a copy.
 *
 * @param tensor {@code [tokens, features]}
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

    /**
     * The heads of {@code together} neighbouring rows as the heads of one longer row: count times as many. Where each
     * row is the one token of a sequence, all sequences become heads of a single token.
     *
     * <p>Right for layouts that fill the rows with heads at one stride; {@code headStride · count} must be the row.
     */
    public Heads joined(int together) {
        if ((long) headStride * count != tensor.columns()) {
            throw new IllegalArgumentException("heads do not fill the rows: stride=" + headStride + ", count=" + count
                    + ", columns=" + tensor.columns());
        }
        return new Heads(tensor.reshaped(tensor.rows() / together, tensor.columns() * together), offset, headStride,
                count * together, headDim);
    }

    /** The same heads of other rows. */
    public Heads rows(long first, long rowCount) {
        return new Heads(tensor.rows(first, rowCount), offset, headStride, count, headDim);
    }
}
