package org.wandagpu.compute;

import java.lang.foreign.MemorySegment;
import org.wandagpu.tensor.DType;

/**
 * A dense row-major tensor of rank 1 or 2 on a device: a handle on its memory.
 *
 * <p><b>Ownership.</b> A tensor made by {@link Device#allocate}, {@link Device#copyOf} or {@link Device#place} owns its
 * memory and frees it in {@link #close()}; closing again does nothing. A view made by {@link #rows} or
 * {@link #reshaped} shares the memory, never frees it, and must not be used once the owner is closed. Use after close
 * throws {@link IllegalStateException}.
 *
 * <p><b>Threads.</b> Tensors are not guarded: one thread drives a device's {@link Ops} at a time.
 */
public interface Tensor extends AutoCloseable {

    /** Element type: F32, F16 or BF16. */
    DType dtype();

    /** First dimension: tokens, or out-features of a weight; 1 for a vector. */
    long rows();

    /** Last dimension: features, or in-features of a weight; the length of a vector. */
    long columns();

    /** Bytes of all elements. */
    default long byteSize() {
        return Math.multiplyExact(Math.multiplyExact(rows(), columns()), dtype().bytes());
    }

    /**
     * A view of whole rows.
     *
     * @param first index of the first row
     * @param count number of rows
     * @throws IndexOutOfBoundsException if the rows are not all inside this tensor
     */
    Tensor rows(long first, long count);

    /**
     * A view of the same elements in the same order under other dimensions.
     *
     * @throws IllegalArgumentException if {@code rows · columns} is not the number of elements
     */
    Tensor reshaped(long rows, long columns);

    /**
     * Copies all elements to host memory, in order.
     *
     * @param target at least {@link #byteSize()} bytes, at any address
     */
    void copyTo(MemorySegment target);

    /**
     * Fills the tensor from host memory of the same element type.
     *
     * @param source at least {@link #byteSize()} bytes, at any address
     */
    void copyFrom(MemorySegment source);

    /** Frees the memory if this tensor owns it. Never throws; a second call does nothing. */
    @Override
    void close();

    /** All elements widened to fp32, row by row: for tests and small results. */
    float[] toFloats();
}
