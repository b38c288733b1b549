package org.wandagpu.compute.cpu;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.wandagpu.tensor.MetadataOrder;
import org.wandagpu.tensor.NmPattern;

/** 2:4 matrices as values and 2-bit metadata, and back. Selection works on a copy of the matrix. */
final class Compression24 {

    private static final NmPattern PATTERN = new NmPattern(2, 4);
    private static final int GROUP = 4;
    private static final int GROUPS_OF_WORD = 4;
    private static final long ALIGNMENT = 64;

    /**
     * Positions of the two kept, by which weights of a group are not zero (bit i: column i). Where fewer than two are,
     * the choice is PyTorch's, so that the same matrix gives the same bytes.
     */
    private static final int[] POSITIONS = {
        0xe, 0x8, 0x9, 0x4, 0xe, 0x8, 0x9, 0x4, 0xe, 0xc, 0xd, 0x4, 0xe, 0xc, 0xd, 0x4};

    private final Workers workers;
    private final GroupSelection selection;

    Compression24(Workers workers, GroupSelection selection) {
        this.workers = workers;
        this.selection = selection;
    }

    void compress(CpuTensor w, CpuTensor s, MetadataOrder order, CpuTensor values, MemorySegment metadata) {
        try (Arena arena = Arena.ofShared()) {
            MemorySegment copy = arena.allocate(w.byteSize(), ALIGNMENT);
            CpuTensor pruned = new CpuTensor(null, null, null, w.dtype(), w.rows(), w.columns(), copy);
            w.copyTo(copy);
            selection.zeroSmallest(pruned, s, PATTERN);
            pack(pruned, order, values, metadata);
        }
    }

    private void pack(CpuTensor pruned, MetadataOrder order, CpuTensor values, MemorySegment metadata) {
        int rows = (int) pruned.rows();
        int columns = (int) pruned.columns();
        MemorySegment from = pruned.segment();
        MemorySegment to = values.segment();
        RowBlocks.run(workers, pruned, (first, end) -> {
            for (int row = first; row < end; row++) {
                for (int word = 0; word < columns / (GROUP * GROUPS_OF_WORD); word++) {
                    long start = (long) row * columns + word * GROUP * GROUPS_OF_WORD;
                    metadata.setAtIndex(CpuTensor.SHORT, order.index(row, word, rows, columns),
                            (short) packWord(from, start, to));
                }
            }
        });
    }

    /** Packs 16 weights from element {@code start} on, and gives their positions. */
    private static int packWord(MemorySegment from, long start, MemorySegment to) {
        int positions = 0;
        for (int group = 0; group < GROUPS_OF_WORD; group++) {
            long first = start + group * GROUP;
            int flags = 0;
            for (int i = 0; i < GROUP; i++) {
                flags |= (from.getAtIndex(CpuTensor.SHORT, first + i) & 0x7fff) != 0 ? 1 << i : 0;
            }
            int kept = POSITIONS[flags];
            to.setAtIndex(CpuTensor.SHORT, first / 2, from.getAtIndex(CpuTensor.SHORT, first + (kept & 3)));
            to.setAtIndex(CpuTensor.SHORT, first / 2 + 1, from.getAtIndex(CpuTensor.SHORT, first + (kept >> 2)));
            positions |= kept << GROUP * group;
        }
        return positions;
    }

    void decompress(CpuTensor values, MemorySegment metadata, MetadataOrder order, CpuTensor w) {
        int rows = (int) w.rows();
        int columns = (int) w.columns();
        MemorySegment from = values.segment();
        MemorySegment to = w.segment();
        to.fill((byte) 0);
        RowBlocks.run(workers, w, (first, end) -> {
            for (int row = first; row < end; row++) {
                for (int group = 0; group < columns / GROUP; group++) {
                    int word = metadata.getAtIndex(CpuTensor.SHORT,
                            order.index(row, group / GROUPS_OF_WORD, rows, columns));
                    int kept = word >> GROUP * (group % GROUPS_OF_WORD);
                    long start = (long) row * columns + group * GROUP;
                    to.setAtIndex(CpuTensor.SHORT, start + (kept & 3), from.getAtIndex(CpuTensor.SHORT, start / 2));
                    to.setAtIndex(CpuTensor.SHORT, start + (kept >> 2 & 3),
                            from.getAtIndex(CpuTensor.SHORT, start / 2 + 1));
                }
            }
        });
    }
}
