package org.wandagpu.compute.cpu;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** Which weights are left, a bit each. Bound by reading the weights. */
final class MaskBitmap {

    private static final ValueLayout.OfInt WORD =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final Workers workers;

    MaskBitmap(Workers workers) {
        this.workers = workers;
    }

    void write(CpuTensor w, MemorySegment bitmap) {
        int columns = (int) w.columns();
        int words = Math.ceilDiv(columns, Integer.SIZE);
        RowBlocks.run(workers, w, (first, end) -> {
            for (int row = first; row < end; row++) {
                for (int word = 0; word < words; word++) {
                    int from = word * Integer.SIZE;
                    int bits = bits(w, (long) row * columns + from, Math.min(Integer.SIZE, columns - from));
                    bitmap.setAtIndex(WORD, (long) row * words + word, bits);
                }
            }
        });
    }

    /** -0 is zero: its sign is shifted out. */
    private static int bits(CpuTensor w, long first, int count) {
        MemorySegment segment = w.segment();
        int bits = 0;
        if (w.dtype().bytes() == Integer.BYTES) {
            for (int i = 0; i < count; i++) {
                bits |= segment.getAtIndex(WORD, first + i) << 1 != 0 ? 1 << i : 0;
            }
        } else {
            for (int i = 0; i < count; i++) {
                bits |= (segment.getAtIndex(CpuTensor.SHORT, first + i) & Short.MAX_VALUE) != 0 ? 1 << i : 0;
            }
        }
        return bits;
    }
}
