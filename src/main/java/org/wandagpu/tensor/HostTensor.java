package org.wandagpu.tensor;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * A named tensor in host memory, row-major, little-endian, as a checkpoint stores it.
 *
 * <p>The bytes are a view of somebody else's memory (most often a mapped file): they may start at any address, odd
 * ones included, may be read-only, and are valid as long as their owner is open.
 *
 * @param name the name in the checkpoint
 * @param dtype element type
 * @param shape dimensions, empty for a scalar; not copied
 * @param bytes the elements
 */
public record HostTensor(String name, DType dtype, long[] shape, MemorySegment bytes) {

    /** Number of elements: the product of the dimensions, 1 for a scalar. */
    public long elements() {
        long product = 1;
        for (long dimension : shape) {
            product = Math.multiplyExact(product, dimension);
        }
        return product;
    }

    /**
     * Says that the elements have been read and will not be needed soon: the operating system takes back the pages of
     * a mapped file, which otherwise count as the program's memory. Reading them again brings them back.
     */
    public void forget() {
        if (bytes.isMapped()) {
            bytes.unload();
        }
    }

    @Override
    public String toString() {
        return name + " " + dtype + Arrays.toString(shape);
    }
}
