package org.wandagpu.compute.cpu;

import java.lang.foreign.MemorySegment;
import org.wandagpu.compute.Heads;

/** Where heads lie in memory. */
final class HeadMemory {

    private HeadMemory() {
    }

    static MemorySegment segment(Heads heads) {
        return ((CpuTensor) heads.tensor()).segment();
    }

    /** Byte at which a head begins in a row. */
    static long at(Heads heads, long row, int head) {
        return 4 * (row * heads.tensor().columns() + heads.offset() + (long) head * heads.headStride());
    }

    /**
     * Copies one head of some rows, each to where the next stride begins.
     *
     * @param stride elements from one row of {@code target} to the next, at least the head's
     */
    static void copy(Heads heads, long firstRow, int head, int rows, float[] target, int stride) {
        MemorySegment source = segment(heads);
        long at = at(heads, firstRow, head);
        long rowBytes = 4 * heads.tensor().columns();
        for (int i = 0; i < rows; i++) {
            MemorySegment.copy(source, CpuTensor.FLOAT, at + i * rowBytes, target, i * stride, heads.headDim());
        }
    }
}
