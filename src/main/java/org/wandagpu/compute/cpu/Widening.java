package org.wandagpu.compute.cpu;

import java.lang.foreign.MemorySegment;
import org.wandagpu.tensor.DType;
import org.wandagpu.tensor.Half;

/** Exact conversion of stored elements to fp32. */
final class Widening {

    private Widening() {
    }

    /**
     * Widens a run of elements into an array.
     *
     * @param source row-major little-endian elements, at any address
     * @param first index of the first element in {@code source}
     */
    static void toFloats(MemorySegment source, DType dtype, long first, int count, float[] target, int targetOffset) {
        switch (dtype) {
            case F32 -> MemorySegment.copy(source, CpuTensor.FLOAT, first * 4, target, targetOffset, count);
            case F16 -> {
                for (int i = 0; i < count; i++) {
                    target[targetOffset + i] = Half.fromF16(source.get(CpuTensor.SHORT, (first + i) * 2));
                }
            }
            case BF16 -> {
                for (int i = 0; i < count; i++) {
                    target[targetOffset + i] = Half.fromBf16(source.get(CpuTensor.SHORT, (first + i) * 2));
                }
            }
            default -> throw new IllegalArgumentException("cannot compute on dtype=" + dtype);
        }
    }
}
