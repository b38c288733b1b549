package org.wandagpu.compute.cpu;

import java.lang.foreign.MemorySegment;
import org.wandagpu.tensor.DType;
import org.wandagpu.tensor.NmPattern;

/**
 * The fast way for the patterns 2:4 and 4:8, in which the smaller half of each group goes.
 *
 * <p>A block is two vectors of keys: lane by lane two neighbours of a group. A few minima and maxima of whole vectors
 * give every lane the largest key of its group's smaller half, and what is not above it goes. Where keys are equal
 * just there, more than half would go; a count shows it, and {@link GroupRanks} takes that block.
 *
 * <p>The loops stand in {@link HalfGroupsOf16Bits} and {@link HalfGroupsOf32Bits}, one for each pattern, without
 * methods of their own: where the compiler does not inline such a method, it puts the vectors into objects, and the
 * loop becomes twenty times slower.
 */
final class HalfGroups {

    private static final int LANES = Scores.INTS.length();
    /** Weights of a block. */
    static final int BLOCK = 2 * LANES;

    private final boolean eights;
    private final float[] norms;
    private final HalfGroupsOf16Bits sixteenBits;

    private HalfGroups(boolean eights, float[] norms, HalfGroupsOf16Bits sixteenBits) {
        this.eights = eights;
        this.norms = norms;
        this.sixteenBits = sixteenBits;
    }

    /**
     * Prepares the selection of a layer.
     *
     * @return null where there is no fast way: other patterns, groups wider than a vector, F16 with input norms from
     *         2¹⁶ on
     */
    static HalfGroups of(NmPattern pattern, DType dtype, float[] norms) {
        int groupSize = pattern.groupSize();
        boolean half = (groupSize == 4 || groupSize == 8) && 2 * pattern.keptPerGroup() == groupSize;
        if (!half || groupSize > LANES || (dtype == DType.F16 && !HalfGroupsOf16Bits.canScale(norms))) {
            return null;
        }
        HalfGroupsOf16Bits sixteenBits = dtype == DType.F32 ? null : HalfGroupsOf16Bits.of(dtype, norms);
        return new HalfGroups(groupSize == 8, norms, sixteenBits);
    }

    /**
     * Zeroes the smaller half of each group of a row, as far as whole blocks go.
     *
     * @param first index of the row's first weight in {@code w}
     * @param ranks for blocks with equal keys
     * @return number of columns done, whole groups
     */
    int zero(CpuTensor w, long first, GroupRanks ranks) {
        int columns = norms.length / BLOCK * BLOCK;
        int column = 0;
        while (column < columns) {
            column = zeroUntilTie(w.segment(), first * w.dtype().bytes(), column, columns);
            if (column < columns) {
                ranks.zero(w, first + column, norms, column, BLOCK);
                column += BLOCK;
            }
        }
        return columns;
    }

    /** Goes on from a column to {@code end} or to the first block with equal keys, whose column it returns. */
    private int zeroUntilTie(MemorySegment weights, long row, int from, int end) {
        if (sixteenBits == null) {
            return eights ? HalfGroupsOf32Bits.zero8(weights, row, from, end, norms)
                    : HalfGroupsOf32Bits.zero4(weights, row, from, end, norms);
        }
        return eights ? sixteenBits.zero8(weights, row, from, end) : sixteenBits.zero4(weights, row, from, end);
    }
}
