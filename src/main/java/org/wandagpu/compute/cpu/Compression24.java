package org.wandagpu.compute.cpu;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import org.wandagpu.tensor.MetadataOrder;
import org.wandagpu.tensor.NmPattern;

/** 2:4 matrices as values and 2-bit metadata, and back. Selection works on a copy of some rows. */
final class Compression24 {

    private static final NmPattern PATTERN = new NmPattern(2, 4);
    private static final int GROUP = 4;
    private static final int GROUPS_OF_WORD = 4;
    private static final int WORD = GROUP * GROUPS_OF_WORD;
    private static final long ALIGNMENT = 64;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    /** Four 16-bit weights without their signs. */
    private static final long MAGNITUDES = 0x7fff_7fff_7fff_7fffL;
    /** Times this the four sign bits come to lie side by side at the top. */
    private static final long GATHER = 1L << 45 | 1L << 30 | 1L << 15 | 1;

    /**
     * Positions of the two kept, by which weights of a group are not zero (bit i: column i). Where fewer than two are,
     * the choice is PyTorch's, so that the same matrix gives the same bytes.
     */
    private static final int[] POSITIONS = {
        0xe, 0x8, 0x9, 0x4, 0xe, 0x8, 0x9, 0x4, 0xe, 0xc, 0xd, 0x4, 0xe, 0xc, 0xd, 0x4};

    private final Workers workers;

    Compression24(Workers workers) {
        this.workers = workers;
    }

    void compress(CpuTensor w, CpuTensor s, MetadataOrder order, CpuTensor values, MemorySegment metadata) {
        GroupSelection selection = new GroupSelection(w.dtype(), (int) w.columns(), s, PATTERN);
        RowBlocks.run(workers, w, (first, end) -> {
            try (Arena arena = Arena.ofConfined()) {
                CpuTensor pruned = copyOfRows(w, first, end, arena);
                selection.zeroInRows(pruned, 0, end - first);
                for (int row = first; row < end; row++) {
                    packRow(pruned.segment(), row - first, w, row, order, values.segment(), metadata);
                }
            }
        });
    }

    private static CpuTensor copyOfRows(CpuTensor w, int first, int end, Arena arena) {
        long rowBytes = w.columns() * w.dtype().bytes();
        MemorySegment copy = arena.allocate((end - first) * rowBytes, ALIGNMENT);
        MemorySegment.copy(w.segment(), first * rowBytes, copy, 0, copy.byteSize());
        return new CpuTensor(null, null, null, w.dtype(), end - first, w.columns(), copy);
    }

    private static void packRow(MemorySegment from, int fromRow, CpuTensor w, int row, MetadataOrder order,
            MemorySegment values, MemorySegment metadata) {
        int rows = (int) w.rows();
        int columns = (int) w.columns();
        for (int word = 0; word < columns / WORD; word++) {
            int positions = packWord(from, (long) fromRow * columns + word * WORD,
                    values, ((long) row * columns + word * WORD) / 2);
            metadata.setAtIndex(CpuTensor.SHORT, order.index(row, word, rows, columns), (short) positions);
        }
    }

    /** Packs 16 weights from element {@code start} on to values from {@code target} on, and gives their positions. */
    private static int packWord(MemorySegment from, long start, MemorySegment to, long target) {
        int positions = 0;
        for (int group = 0; group < GROUPS_OF_WORD; group++) {
            long four = from.get(LONG, (start + group * GROUP) * Short.BYTES);
            int kept = POSITIONS[notZero(four)];
            int low = (int) (four >>> (kept & 3) * Short.SIZE) & 0xffff;
            int high = (int) (four >>> (kept >> 2) * Short.SIZE);
            to.set(INT, (target + group * 2) * Short.BYTES, high << Short.SIZE | low);
            positions |= kept << GROUP * group;
        }
        return positions;
    }

    /** Which of four weights are not zero, bit i for the i-th: a carry from below reaches its sign if so. */
    private static int notZero(long four) {
        long signs = (four & MAGNITUDES) + MAGNITUDES & ~MAGNITUDES;
        return (int) (signs * GATHER >>> Long.SIZE - GROUP);
    }

    void decompress(CpuTensor values, MemorySegment metadata, MetadataOrder order, CpuTensor w) {
        int rows = (int) w.rows();
        int columns = (int) w.columns();
        MemorySegment from = values.segment();
        MemorySegment to = w.segment();
        RowBlocks.run(workers, w, (first, end) -> {
            for (int row = first; row < end; row++) {
                for (int word = 0; word < columns / WORD; word++) {
                    long start = (long) row * columns + word * WORD;
                    int at = order.index(row, word, rows, columns);
                    unpackWord(from, metadata.getAtIndex(CpuTensor.SHORT, at), start, to);
                }
            }
        });
    }

    private static void unpackWord(MemorySegment from, int positions, long start, MemorySegment to) {
        for (int group = 0; group < GROUPS_OF_WORD; group++) {
            long first = start + group * GROUP;
            int kept = positions >> GROUP * group;
            int two = from.get(INT, first / 2 * Short.BYTES);
            long four = (two & 0xffffL) << (kept & 3) * Short.SIZE
                    | (two >>> Short.SIZE & 0xffffL) << (kept >> 2 & 3) * Short.SIZE;
            to.set(LONG, first * Short.BYTES, four);
        }
    }
}
