package org.wandagpu.compute.cpu;

import static jdk.incubator.vector.VectorOperators.AND;
import static jdk.incubator.vector.VectorOperators.LE;
import static jdk.incubator.vector.VectorOperators.MIN;
import static jdk.incubator.vector.VectorOperators.ROL;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;

/**
 * The loops of {@link HalfGroups} over F32 weights. Two neighbouring vectors are a block; their keys are mixed so that
 * even columns stand in one vector and odd ones in the other, those of the left vector in lanes 0, 2, 4 … and those
 * of the right one between them. Members of a group then stand two lanes apart.
 */
final class HalfGroupsOf32Bits {

    private static final int LANES = Scores.INTS.length();
    private static final VectorMask<Integer> ODD_LANES = VectorMask.fromLong(Scores.INTS, 0xAAAA_AAAA_AAAA_AAAAL);
    private static final VectorShuffle<Integer> ACROSS_2 =
            VectorShuffle.fromOp(Scores.INTS, lane -> (lane ^ 2) % LANES);
    private static final VectorShuffle<Integer> ACROSS_4 =
            VectorShuffle.fromOp(Scores.INTS, lane -> (lane ^ 4) % LANES);

    private HalfGroupsOf32Bits() {
    }

    /** 2:4, from a column to {@code end} or the first block with equal keys, whose column it returns. */
    static int zero4(MemorySegment weights, long row, int from, int end, float[] norms) {
        for (int column = from; column < end; column += 2 * LANES) {
            long at = row + (long) column * Integer.BYTES;
            long atRight = at + (long) LANES * Integer.BYTES;
            FloatVector left = FloatVector.fromMemorySegment(Scores.FLOATS, weights, at, ByteOrder.LITTLE_ENDIAN);
            FloatVector right = FloatVector.fromMemorySegment(Scores.FLOATS, weights, atRight, ByteOrder.LITTLE_ENDIAN);
            IntVector leftKeys = left.mul(FloatVector.fromArray(Scores.FLOATS, norms, column))
                    .reinterpretAsInts().lanewise(AND, Scores.MAGNITUDE).lanewise(MIN, Scores.NAN);
            IntVector rightKeys = right.mul(FloatVector.fromArray(Scores.FLOATS, norms, column + LANES))
                    .reinterpretAsInts().lanewise(AND, Scores.MAGNITUDE).lanewise(MIN, Scores.NAN);

            IntVector leftSwapped = leftKeys.reinterpretAsLongs().lanewise(ROL, 32).reinterpretAsInts();
            IntVector rightSwapped = rightKeys.reinterpretAsLongs().lanewise(ROL, 32).reinterpretAsInts();
            IntVector even = leftKeys.blend(rightSwapped, ODD_LANES);
            IntVector odd = leftSwapped.blend(rightKeys, ODD_LANES);
            IntVector low = even.min(odd);
            IntVector high = even.max(odd);
            IntVector secondOf4 = low.max(low.rearrange(ACROSS_2)).min(high.min(high.rearrange(ACROSS_2)));

            IntVector swapped = secondOf4.reinterpretAsLongs().lanewise(ROL, 32).reinterpretAsInts();
            VectorMask<Integer> leftGoes = leftKeys.compare(LE, secondOf4.blend(swapped, ODD_LANES));
            VectorMask<Integer> rightGoes = rightKeys.compare(LE, swapped.blend(secondOf4, ODD_LANES));
            if (leftGoes.trueCount() + rightGoes.trueCount() != LANES) {
                return column;
            }
            left.blend(0f, leftGoes.cast(Scores.FLOATS)).intoMemorySegment(weights, at, ByteOrder.LITTLE_ENDIAN);
            right.blend(0f, rightGoes.cast(Scores.FLOATS)).intoMemorySegment(weights, atRight, ByteOrder.LITTLE_ENDIAN);
        }
        return end;
    }

    /** 4:8, from a column to {@code end} or the first block with equal keys, whose column it returns. */
    static int zero8(MemorySegment weights, long row, int from, int end, float[] norms) {
        for (int column = from; column < end; column += 2 * LANES) {
            long at = row + (long) column * Integer.BYTES;
            long atRight = at + (long) LANES * Integer.BYTES;
            FloatVector left = FloatVector.fromMemorySegment(Scores.FLOATS, weights, at, ByteOrder.LITTLE_ENDIAN);
            FloatVector right = FloatVector.fromMemorySegment(Scores.FLOATS, weights, atRight, ByteOrder.LITTLE_ENDIAN);
            IntVector leftKeys = left.mul(FloatVector.fromArray(Scores.FLOATS, norms, column))
                    .reinterpretAsInts().lanewise(AND, Scores.MAGNITUDE).lanewise(MIN, Scores.NAN);
            IntVector rightKeys = right.mul(FloatVector.fromArray(Scores.FLOATS, norms, column + LANES))
                    .reinterpretAsInts().lanewise(AND, Scores.MAGNITUDE).lanewise(MIN, Scores.NAN);

            IntVector leftSwapped = leftKeys.reinterpretAsLongs().lanewise(ROL, 32).reinterpretAsInts();
            IntVector rightSwapped = rightKeys.reinterpretAsLongs().lanewise(ROL, 32).reinterpretAsInts();
            IntVector even = leftKeys.blend(rightSwapped, ODD_LANES);
            IntVector odd = leftSwapped.blend(rightKeys, ODD_LANES);
            IntVector low = even.min(odd);
            IntVector high = even.max(odd);
            IntVector lowNear = low.rearrange(ACROSS_2);
            IntVector highNear = high.rearrange(ACROSS_2);
            IntVector second = low.max(lowNear).min(high.min(highNear));
            IntVector third = low.max(lowNear).max(high.min(highNear));
            // Of two sorted runs of four, the smaller half: minima of one run with the other backwards.
            IntVector merged = low.min(lowNear).min(high.max(highNear).rearrange(ACROSS_4))
                    .max(second.min(third.rearrange(ACROSS_4)));
            IntVector fourthOf8 = merged.max(merged.rearrange(ACROSS_4));

            IntVector swapped = fourthOf8.reinterpretAsLongs().lanewise(ROL, 32).reinterpretAsInts();
            VectorMask<Integer> leftGoes = leftKeys.compare(LE, fourthOf8.blend(swapped, ODD_LANES));
            VectorMask<Integer> rightGoes = rightKeys.compare(LE, swapped.blend(fourthOf8, ODD_LANES));
            if (leftGoes.trueCount() + rightGoes.trueCount() != LANES) {
                return column;
            }
            left.blend(0f, leftGoes.cast(Scores.FLOATS)).intoMemorySegment(weights, at, ByteOrder.LITTLE_ENDIAN);
            right.blend(0f, rightGoes.cast(Scores.FLOATS)).intoMemorySegment(weights, atRight, ByteOrder.LITTLE_ENDIAN);
        }
        return end;
    }
}
