package org.wandagpu.checkpoint;

import org.wandagpu.tensor.DType;

/**
 * The byte layout of a safetensors file, and the limits this program sets on it.
 *
 * <pre>
 *   0           8                        8 + headerBytes                   end of file
 *   | length    | header, JSON, UTF-8    | elements of all tensors, no gaps |
 *   | u64 le    | {name: {dtype, shape, data_offsets: [begin, end]}, …}     |
 * </pre>
 *
 * Offsets of tensors count from the end of the header. Nothing is aligned: a header may have any length, so the data
 * may start at an odd address.
 */
final class SafetensorsLayout {

    /** Bytes of the number in front of the header. */
    static final int LENGTH_BYTES = 8;

    /** The official reader's limit. */
    static final int MAX_HEADER_BYTES = 100_000_000;

    /** Deeper JSON than any header has; unknown fields of a tensor may nest a little. */
    static final int MAX_HEADER_DEPTH = 16;

    /** More than any framework supports. */
    static final int MAX_DIMENSIONS = 64;

    /** Longest tensor name, in UTF-8 bytes. */
    static final int MAX_NAME_BYTES = 4096;

    /** Headers are written with spaces at their end so that the data starts at a multiple of this. */
    static final int WRITTEN_ALIGNMENT = 8;

    /** The header's only key that is not a tensor. */
    static final String METADATA = "__metadata__";

    static final String DTYPE = "dtype";
    static final String SHAPE = "shape";
    static final String DATA_OFFSETS = "data_offsets";

    private SafetensorsLayout() {
    }

    /** Where the elements start in a file. */
    static long dataBegin(long headerBytes) {
        return LENGTH_BYTES + headerBytes;
    }

    /**
     * Bits of a tensor's elements.
     *
     * @throws ArithmeticException beyond 2⁶³ − 1, also where a later dimension of zero would make the product small
     */
    static long bits(DType dtype, long[] shape) {
        long bits = dtype.bits();
        long elements = 1;
        for (long dimension : shape) {
            elements = Math.multiplyExact(elements, dimension);
        }
        return Math.multiplyExact(bits, elements);
    }
}
