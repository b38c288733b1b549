package org.wandagpu.compute.cpu;

import static jdk.incubator.vector.VectorOperators.AND;
import static jdk.incubator.vector.VectorOperators.GE;
import static jdk.incubator.vector.VectorOperators.LE;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.OR;
import static jdk.incubator.vector.VectorOperators.ROL;
import static jdk.incubator.vector.VectorOperators.UMIN;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;
import org.wandagpu.tensor.DType;

/**
 * The loops of {@link HalfGroups} over F16 and BF16 weights. They are read as ints, which hold an even and an odd
 * column each, so a vector of ints is a block and its halves need no rearranging.
 *
 * <p>Shifts bring exponent and mantissa of a weight to the places they have in a float. That is the weight itself for
 * BF16; for F16 it is the weight times 2⁻¹¹², exactly, subnormal numbers included, which the norms make up for. What
 * had the highest exponent of its format, infinities and NaNs, gets that of a float.
 */
final class HalfGroupsOf16Bits {

    private static final int LANES = Scores.INTS.length();
    private static final VectorShuffle<Integer> ACROSS_2 =
            VectorShuffle.fromOp(Scores.INTS, lane -> (lane ^ 2) % LANES);
    private static final float F16_FACTOR = 0x1p112f;
    private static final int FLOAT_INFINITY = 0x7F80_0000;
    private static final int LOWER_HALF = 0x0000_FFFF;
    private static final int UPPER_HALF = 0xFFFF_0000;

    private final int evenShift;
    private final int oddShift;
    private final int magnitude;
    private final int infinity;
    private final float[] evenNorms;
    private final float[] oddNorms;

    /**
     * @param evenShift to the left, for the lower half of an int
     * @param oddShift to the right, for the upper half
     * @param factor what the shifts leave out
     */
    private HalfGroupsOf16Bits(int evenShift, int oddShift, int infinity, float factor, float[] norms) {
        this.evenShift = evenShift;
        this.oddShift = oddShift;
        this.magnitude = 0x7FFF << evenShift;
        this.infinity = infinity << evenShift;
        this.evenNorms = new float[norms.length / 2];
        this.oddNorms = new float[norms.length / 2];
        for (int i = 0; i < evenNorms.length; i++) {
            evenNorms[i] = norms[2 * i] * factor;
            oddNorms[i] = norms[2 * i + 1] * factor;
        }
    }

    static HalfGroupsOf16Bits of(DType dtype, float[] norms) {
        return dtype == DType.F16 ? new HalfGroupsOf16Bits(13, 3, 0x7C00, F16_FACTOR, norms)
                : new HalfGroupsOf16Bits(16, 0, 0x7F80, 1, norms);
    }

    /** Whether no norm overflows by taking on the factor of F16. */
    static boolean canScale(float[] norms) {
        for (float norm : norms) {
            if (Float.isInfinite(norm * F16_FACTOR) && !Float.isInfinite(norm)) {
                return false;
            }
        }
        return true;
    }

    /** 2:4, from a column to {@code end} or the first block with equal keys, whose column it returns. */
    int zero4(MemorySegment weights, long row, int from, int end) {
        for (int pair = from / 2; pair < end / 2; pair += LANES) {
            long at = row + (long) pair * Integer.BYTES;
            IntVector w = IntVector.fromMemorySegment(Scores.INTS, weights, at, ByteOrder.LITTLE_ENDIAN);
            IntVector even = w.lanewise(LSHL, evenShift).lanewise(AND, magnitude);
            IntVector odd = w.lanewise(LSHR, oddShift).lanewise(AND, magnitude);
            even = even.lanewise(OR, FLOAT_INFINITY, even.compare(GE, infinity));
            odd = odd.lanewise(OR, FLOAT_INFINITY, odd.compare(GE, infinity));
            even = even.reinterpretAsFloats().mul(FloatVector.fromArray(Scores.FLOATS, evenNorms, pair))
                    .reinterpretAsInts().lanewise(UMIN, Scores.NAN);
            odd = odd.reinterpretAsFloats().mul(FloatVector.fromArray(Scores.FLOATS, oddNorms, pair))
                    .reinterpretAsInts().lanewise(UMIN, Scores.NAN);

            IntVector low = even.min(odd);
            IntVector high = even.max(odd);
            IntVector lowNear = low.reinterpretAsLongs().lanewise(ROL, 32).reinterpretAsInts();
            IntVector highNear = high.reinterpretAsLongs().lanewise(ROL, 32).reinterpretAsInts();
            IntVector secondOf4 = low.max(lowNear).min(high.min(highNear));

            VectorMask<Integer> evenGoes = even.compare(LE, secondOf4);
            VectorMask<Integer> oddGoes = odd.compare(LE, secondOf4);
            if (evenGoes.trueCount() + oddGoes.trueCount() != LANES) {
                return 2 * pair;
            }
            w.lanewise(AND, UPPER_HALF, evenGoes).lanewise(AND, LOWER_HALF, oddGoes)
                    .intoMemorySegment(weights, at, ByteOrder.LITTLE_ENDIAN);
        }
        return end;
    }

    /** 4:8, from a column to {@code end} or the first block with equal keys, whose column it returns. */
    int zero8(MemorySegment weights, long row, int from, int end) {
        for (int pair = from / 2; pair < end / 2; pair += LANES) {
            long at = row + (long) pair * Integer.BYTES;
            IntVector w = IntVector.fromMemorySegment(Scores.INTS, weights, at, ByteOrder.LITTLE_ENDIAN);
            IntVector even = w.lanewise(LSHL, evenShift).lanewise(AND, magnitude);
            IntVector odd = w.lanewise(LSHR, oddShift).lanewise(AND, magnitude);
            even = even.lanewise(OR, FLOAT_INFINITY, even.compare(GE, infinity));
            odd = odd.lanewise(OR, FLOAT_INFINITY, odd.compare(GE, infinity));
            even = even.reinterpretAsFloats().mul(FloatVector.fromArray(Scores.FLOATS, evenNorms, pair))
                    .reinterpretAsInts().lanewise(UMIN, Scores.NAN);
            odd = odd.reinterpretAsFloats().mul(FloatVector.fromArray(Scores.FLOATS, oddNorms, pair))
                    .reinterpretAsInts().lanewise(UMIN, Scores.NAN);

            IntVector low = even.min(odd);
            IntVector high = even.max(odd);
            IntVector lowNear = low.reinterpretAsLongs().lanewise(ROL, 32).reinterpretAsInts();
            IntVector highNear = high.reinterpretAsLongs().lanewise(ROL, 32).reinterpretAsInts();
            IntVector second = low.max(lowNear).min(high.min(highNear));
            IntVector third = low.max(lowNear).max(high.min(highNear));
            // Of two sorted runs of four, the smaller half: minima of one run with the other backwards.
            IntVector merged = low.min(lowNear).min(high.max(highNear).rearrange(ACROSS_2))
                    .max(second.min(third.rearrange(ACROSS_2)));
            IntVector fourthOf8 = merged.max(merged.rearrange(ACROSS_2));

            VectorMask<Integer> evenGoes = even.compare(LE, fourthOf8);
            VectorMask<Integer> oddGoes = odd.compare(LE, fourthOf8);
            if (evenGoes.trueCount() + oddGoes.trueCount() != LANES) {
                return 2 * pair;
            }
            w.lanewise(AND, UPPER_HALF, evenGoes).lanewise(AND, LOWER_HALF, oddGoes)
                    .intoMemorySegment(weights, at, ByteOrder.LITTLE_ENDIAN);
        }
        return end;
    }
}
