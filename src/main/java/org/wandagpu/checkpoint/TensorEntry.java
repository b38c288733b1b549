package org.wandagpu.checkpoint;

import java.util.Arrays;
import org.wandagpu.tensor.DType;

/**
 * A tensor as a safetensors header describes it.
 *
 * @param name its name
 * @param dtype element type
 * @param shape dimensions, empty for a scalar
 * @param begin first byte, counted from the end of the header
 * @param end byte behind the last
 */
record TensorEntry(String name, DType dtype, long[] shape, long begin, long end) {

    /** Bytes of all elements. */
    long byteSize() {
        return end - begin;
    }

    @Override
    public String toString() {
        return name + " " + dtype + Arrays.toString(shape) + " at " + begin;
    }
}
