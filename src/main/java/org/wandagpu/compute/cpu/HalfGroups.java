package org.wandagpu.compute.cpu;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShuffle;
import org.wandagpu.tensor.DType;
import org.wandagpu.tensor.NmPattern;

/**
 * The fast way for the patterns 2:4 and 4:8, in which the smaller half of each group goes.
 *
 * <p>A block is two vectors of keys, {@code even} and {@code odd}: lane by lane two neighbours of a group. A few
 * minima and maxima of whole vectors give every lane the largest key of its group's smaller half, and what is not
 * above it goes. Where keys are equal just there, more than half would go; the count shows it, and
 * {@link GroupRanks} takes that block.
 *
 * <p>16-bit weights are read as ints, which hold an even and an odd column each. Of 32-bit weights two vectors are
 * mixed: group members then stand two lanes apart, those of the left vector in lanes 0, 2, 4 …
 *
 * <p>There is a loop for each width of weights and each pattern, and memory is accessed in the loops only: with a
 * choice inside one loop, or loads and stores in methods of their own, the compiler puts vectors into objects, which is
 * four times slower.
 */
final class HalfGroups {

    private static final int LANES = Scores.INTS.length();
    private static final int BLOCK = 2 * LANES;
    private static final VectorMask<Integer> ODD_LANES = VectorMask.fromLong(Scores.INTS, 0xAAAA_AAAA_AAAA_AAAAL);
    private static final VectorShuffle<Integer> ACROSS_1 = across(1);
    private static final VectorShuffle<Integer> ACROSS_2 = across(2);
    private static final VectorShuffle<Integer> ACROSS_4 = across(4);
    private static final IntVector FLOAT_INFINITY = IntVector.broadcast(Scores.INTS, 0x7F80_0000);
    private static final IntVector LOWER_HALF = IntVector.broadcast(Scores.INTS, 0x0000_FFFF);
    private static final IntVector UPPER_HALF = IntVector.broadcast(Scores.INTS, 0xFFFF_0000);

    private final boolean eights;
    private final float[] norms;
    private final float[] evenNorms;
    private final float[] oddNorms;
    private final SixteenBits sixteenBits;

    /**
     * How the two 16-bit weights of an int become floats: shifts bring a weight's exponent and mantissa to those of a
     * float, a factor corrects the exponent, subnormal numbers included, and what had the highest exponent gets it
     * again.
     */
    private record SixteenBits(int evenShift, int oddShift, IntVector magnitude, FloatVector factor,
            IntVector infinity) {

        static SixteenBits of(DType dtype) {
            return switch (dtype) {
                case F16 -> of(13, 3, 0x7FFF << 13, 0x1p112f, 0x7C00 << 13);
                case BF16 -> of(16, 0, 0x7FFF << 16, 1f, 0x7F80 << 16);
                default -> throw new IllegalArgumentException("not a 16-bit float: dtype=" + dtype);
            };
        }

        private static SixteenBits of(int evenShift, int oddShift, int magnitude, float factor, int infinity) {
            return new SixteenBits(evenShift, oddShift, IntVector.broadcast(Scores.INTS, magnitude),
                    FloatVector.broadcast(Scores.FLOATS, factor), IntVector.broadcast(Scores.INTS, infinity));
        }
    }

    /** Whether the patterns' fast way exists: a half goes and a group fits a vector. */
    static boolean fit(NmPattern pattern) {
        int groupSize = pattern.groupSize();
        return (groupSize == 4 || groupSize == 8) && groupSize <= LANES && 2 * pattern.keptPerGroup() == groupSize;
    }

    HalfGroups(NmPattern pattern, DType dtype, float[] norms) {
        this.eights = pattern.groupSize() == 8;
        this.norms = norms;
        this.evenNorms = new float[norms.length / 2];
        this.oddNorms = new float[norms.length / 2];
        for (int i = 0; i < evenNorms.length; i++) {
            evenNorms[i] = norms[2 * i];
            oddNorms[i] = norms[2 * i + 1];
        }
        this.sixteenBits = dtype == DType.F32 ? null : SixteenBits.of(dtype);
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
            column = zeroRun(w.segment(), first * w.dtype().bytes(), column, columns);
            if (column < columns) {
                ranks.zero(w, first + column, norms, column, BLOCK);
                column += BLOCK;
            }
        }
        return columns;
    }

    /** Goes on from a column to {@code end} or to the first block with equal keys, whose column it returns. */
    private int zeroRun(MemorySegment weights, long row, int from, int end) {
        if (sixteenBits == null) {
            return eights ? zeroInts8(weights, row, from, end) : zeroInts4(weights, row, from, end);
        }
        return eights ? zeroShorts8(weights, row, from, end) : zeroShorts4(weights, row, from, end);
    }

    private int zeroShorts4(MemorySegment weights, long row, int from, int end) {
        SixteenBits bits = sixteenBits;
        for (int column = from; column < end; column += BLOCK) {
            long address = row + (long) column * Short.BYTES;
            IntVector w = IntVector.fromMemorySegment(Scores.INTS, weights, address, ByteOrder.LITTLE_ENDIAN);
            IntVector even = keys(w.lanewise(VectorOperators.LSHL, bits.evenShift), bits, evenNorms, column / 2);
            IntVector odd = keys(w.lanewise(VectorOperators.LSHR, bits.oddShift), bits, oddNorms, column / 2);
            IntVector largestToGo = secondOf4(even, odd, ACROSS_1);
            VectorMask<Integer> evenGoes = even.compare(VectorOperators.LE, largestToGo);
            VectorMask<Integer> oddGoes = odd.compare(VectorOperators.LE, largestToGo);
            if (evenGoes.trueCount() + oddGoes.trueCount() != LANES) {
                return column;
            }
            w.lanewise(VectorOperators.AND, UPPER_HALF, evenGoes)
                    .lanewise(VectorOperators.AND, LOWER_HALF, oddGoes)
                    .intoMemorySegment(weights, address, ByteOrder.LITTLE_ENDIAN);
        }
        return end;
    }

    private int zeroShorts8(MemorySegment weights, long row, int from, int end) {
        SixteenBits bits = sixteenBits;
        for (int column = from; column < end; column += BLOCK) {
            long address = row + (long) column * Short.BYTES;
            IntVector w = IntVector.fromMemorySegment(Scores.INTS, weights, address, ByteOrder.LITTLE_ENDIAN);
            IntVector even = keys(w.lanewise(VectorOperators.LSHL, bits.evenShift), bits, evenNorms, column / 2);
            IntVector odd = keys(w.lanewise(VectorOperators.LSHR, bits.oddShift), bits, oddNorms, column / 2);
            IntVector largestToGo = fourthOf8(even, odd, ACROSS_1, ACROSS_2);
            VectorMask<Integer> evenGoes = even.compare(VectorOperators.LE, largestToGo);
            VectorMask<Integer> oddGoes = odd.compare(VectorOperators.LE, largestToGo);
            if (evenGoes.trueCount() + oddGoes.trueCount() != LANES) {
                return column;
            }
            w.lanewise(VectorOperators.AND, UPPER_HALF, evenGoes)
                    .lanewise(VectorOperators.AND, LOWER_HALF, oddGoes)
                    .intoMemorySegment(weights, address, ByteOrder.LITTLE_ENDIAN);
        }
        return end;
    }

    private int zeroInts4(MemorySegment weights, long row, int from, int end) {
        for (int column = from; column < end; column += BLOCK) {
            long atLeft = row + (long) column * Integer.BYTES;
            long atRight = atLeft + (long) LANES * Integer.BYTES;
            IntVector left = IntVector.fromMemorySegment(Scores.INTS, weights, atLeft, ByteOrder.LITTLE_ENDIAN);
            IntVector right = IntVector.fromMemorySegment(Scores.INTS, weights, atRight, ByteOrder.LITTLE_ENDIAN);
            IntVector leftKeys = keys(left, norms, column);
            IntVector rightKeys = keys(right, norms, column + LANES);
            IntVector even = leftKeys.blend(swapPairs(rightKeys), ODD_LANES);
            IntVector odd = swapPairs(leftKeys).blend(rightKeys, ODD_LANES);
            IntVector mixed = secondOf4(even, odd, ACROSS_2);
            IntVector swapped = swapPairs(mixed);
            VectorMask<Integer> leftGoes = leftKeys.compare(VectorOperators.LE, mixed.blend(swapped, ODD_LANES));
            VectorMask<Integer> rightGoes = rightKeys.compare(VectorOperators.LE, swapped.blend(mixed, ODD_LANES));
            if (leftGoes.trueCount() + rightGoes.trueCount() != LANES) {
                return column;
            }
            left.blend(0, leftGoes).intoMemorySegment(weights, atLeft, ByteOrder.LITTLE_ENDIAN);
            right.blend(0, rightGoes).intoMemorySegment(weights, atRight, ByteOrder.LITTLE_ENDIAN);
        }
        return end;
    }

    private int zeroInts8(MemorySegment weights, long row, int from, int end) {
        for (int column = from; column < end; column += BLOCK) {
            long atLeft = row + (long) column * Integer.BYTES;
            long atRight = atLeft + (long) LANES * Integer.BYTES;
            IntVector left = IntVector.fromMemorySegment(Scores.INTS, weights, atLeft, ByteOrder.LITTLE_ENDIAN);
            IntVector right = IntVector.fromMemorySegment(Scores.INTS, weights, atRight, ByteOrder.LITTLE_ENDIAN);
            IntVector leftKeys = keys(left, norms, column);
            IntVector rightKeys = keys(right, norms, column + LANES);
            IntVector even = leftKeys.blend(swapPairs(rightKeys), ODD_LANES);
            IntVector odd = swapPairs(leftKeys).blend(rightKeys, ODD_LANES);
            IntVector mixed = fourthOf8(even, odd, ACROSS_2, ACROSS_4);
            IntVector swapped = swapPairs(mixed);
            VectorMask<Integer> leftGoes = leftKeys.compare(VectorOperators.LE, mixed.blend(swapped, ODD_LANES));
            VectorMask<Integer> rightGoes = rightKeys.compare(VectorOperators.LE, swapped.blend(mixed, ODD_LANES));
            if (leftGoes.trueCount() + rightGoes.trueCount() != LANES) {
                return column;
            }
            left.blend(0, leftGoes).intoMemorySegment(weights, atLeft, ByteOrder.LITTLE_ENDIAN);
            right.blend(0, rightGoes).intoMemorySegment(weights, atRight, ByteOrder.LITTLE_ENDIAN);
        }
        return end;
    }

    /** The second smallest of four keys: two here, two across, in every lane. */
    private static IntVector secondOf4(IntVector even, IntVector odd, VectorShuffle<Integer> across) {
        IntVector low = even.min(odd);
        IntVector high = even.max(odd);
        return low.max(low.rearrange(across)).min(high.min(high.rearrange(across)));
    }

    /** The fourth smallest of eight keys: sorts the four here and near, then merges with the four that are far. */
    private static IntVector fourthOf8(IntVector even, IntVector odd, VectorShuffle<Integer> near,
            VectorShuffle<Integer> far) {
        IntVector low = even.min(odd);
        IntVector high = even.max(odd);
        IntVector lowNear = low.rearrange(near);
        IntVector highNear = high.rearrange(near);
        IntVector first = low.min(lowNear);
        IntVector fourth = high.max(highNear);
        IntVector larger = low.max(lowNear);
        IntVector smaller = high.min(highNear);
        IntVector second = larger.min(smaller);
        IntVector third = larger.max(smaller);
        // The smaller half of two sorted runs of four: minima of one run with the other backwards.
        IntVector largest = first.min(fourth.rearrange(far)).max(second.min(third.rearrange(far)));
        return largest.max(largest.rearrange(far));
    }

    private static IntVector keys(IntVector w, float[] norms, int column) {
        return Scores.keys(w.reinterpretAsFloats(), FloatVector.fromArray(Scores.FLOATS, norms, column));
    }

    private static IntVector keys(IntVector shifted, SixteenBits bits, float[] norms, int pair) {
        IntVector magnitude = shifted.lanewise(VectorOperators.AND, bits.magnitude);
        VectorMask<Integer> notFinite = magnitude.compare(VectorOperators.GE, bits.infinity);
        IntVector widened = magnitude.reinterpretAsFloats().mul(bits.factor).reinterpretAsInts()
                .lanewise(VectorOperators.OR, FLOAT_INFINITY, notFinite);
        return keys(widened, norms, pair);
    }

    /** Exchanges lanes 0 and 1, 2 and 3 …: cheaper as a rotation of longs than as a rearrangement. */
    private static IntVector swapPairs(IntVector v) {
        return v.reinterpretAsLongs().lanewise(VectorOperators.ROL, Integer.SIZE).reinterpretAsInts();
    }

    private static VectorShuffle<Integer> across(int distance) {
        return VectorShuffle.fromOp(Scores.INTS, lane -> (lane ^ distance) % LANES);
    }
}
