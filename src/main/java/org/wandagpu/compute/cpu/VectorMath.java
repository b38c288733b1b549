package org.wandagpu.compute.cpu;

import static org.wandagpu.compute.cpu.Vectors.broadcast;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/**
 * Functions of vectors of floats with a bound on their error, which those of the Vector API lack.
 *
 * <p>The result of a lane depends on that lane's argument alone and has the same bits whether the method is
 * interpreted or compiled. The errors stated were measured over every float; one ulp is the distance of neighbouring
 * floats at the result. The polynomials are minimax fits with coefficients rounded to fp32 one after the other, the
 * remaining ones fitted again each time.
 */
final class VectorMath {

    // e^x overflows from 128 ln 2 = 88.72... on and is 0 from -150 ln 2 = -103.97... down
    private static final float EXP_IS_INFINITE_ABOVE = 89;
    private static final float EXP_IS_ZERO_BELOW = -104;
    private static final float LOG2_E = 0x1.715476p0f;
    // ln 2 in two parts; the first has 16 bits, so that n times it is exact
    private static final float LN_2_HIGH = 0x1.62e4p-1f;
    private static final float LN_2_LOW = 0x1.7f7d1cp-20f;
    // added to a small number, its last bit is worth 1: the sum ends in the bits of n + 254, twice the exponent bias
    private static final float ROUNDER = 0x1.8p23f + 254;

    private VectorMath() {
    }

    /**
     * e^x within 1 ulp, subnormal results included; 0 for −∞, ∞ for ∞ and above ln of the largest float, NaN for NaN.
     *
     * <p>With n = round(x / ln 2) and r = x − n ln 2, e^x is 2^n times a polynomial in r, |r| ≤ 0.35. The factor 2^n is
     * applied in two halves, because n itself can exceed the range of exponents at both ends.
     */
    static FloatVector exp(FloatVector x) {
        FloatVector shifted = x.fma(broadcast(LOG2_E), broadcast(ROUNDER));
        FloatVector n = shifted.sub(ROUNDER);
        FloatVector r = n.fma(broadcast(-LN_2_LOW), n.fma(broadcast(-LN_2_HIGH), x));
        FloatVector p = r.fma(broadcast(0x1.6ae8aap-10f), broadcast(0x1.1240dep-7f));
        p = p.fma(r, broadcast(0x1.555842p-5f));
        p = p.fma(r, broadcast(0x1.555488p-3f));
        p = p.fma(r, broadcast(0x1.fffffcp-2f));
        p = p.fma(r, broadcast(1));
        p = p.fma(r, broadcast(1));
        IntVector bits = shifted.reinterpretAsInts();
        p = p.mul(powerOfTwo(bits)).mul(powerOfTwo(bits.add(1)));
        return p.blend(0, x.compare(VectorOperators.LT, EXP_IS_ZERO_BELOW))
                .blend(Float.POSITIVE_INFINITY, x.compare(VectorOperators.GT, EXP_IS_INFINITE_ABOVE));
    }

    /** 2^⌊k/2⌋ for integers whose low bits hold k + 254. */
    private static FloatVector powerOfTwo(IntVector bits) {
        return bits.lanewise(VectorOperators.LSHR, 1).lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats();
    }

    /**
     * The error function within 1.1 ulp; −1 and 1 for the infinities, NaN for NaN, and the sign of x for ±0.
     *
     * <p>Below 1 it is x times a polynomial in x², above 1 − e^−q with a polynomial q in |x|.
     */
    static FloatVector erf(FloatVector x) {
        FloatVector square = x.mul(x);
        FloatVector p = square.fma(broadcast(0x1.4771fcp-14f), broadcast(-0x1.a3515ep-11f));
        p = p.fma(square, broadcast(0x1.53f224p-8f));
        p = p.fma(square, broadcast(-0x1.b7f71ap-6f));
        p = p.fma(square, broadcast(0x1.ce2ce6p-4f));
        p = p.fma(square, broadcast(-0x1.81273ep-2f));
        p = p.fma(square, broadcast(0x1.06eba8p-3f));
        FloatVector small = p.fma(x, x);
        FloatVector size = x.abs();
        FloatVector large = erfAboveOne(size.blend(4, size.compare(VectorOperators.GT, 4)));
        IntVector sign = x.reinterpretAsInts().and(Integer.MIN_VALUE);
        VectorMask<Float> isSmall = size.compare(VectorOperators.LT, 1);
        return large.reinterpretAsInts().or(sign).reinterpretAsFloats().blend(small, isSmall);
    }

    private static FloatVector erfAboveOne(FloatVector x) {
        FloatVector q = x.fma(broadcast(0x1.86d6ecp-13f), broadcast(-0x1.8257dcp-9f));
        q = q.fma(x, broadcast(0x1.65ca4ap-6f));
        q = q.fma(x, broadcast(-0x1.a652cep-4f));
        q = q.fma(x, broadcast(-0x1.46baf8p-1f));
        q = q.fma(x, broadcast(-0x1.2088e8p0f));
        q = q.fma(x, broadcast(-0x1.662508p-12f));
        return broadcast(1).sub(exp(q));
    }
}
