package org.wandagpu.compute.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
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
    private static final FloatVector LOG2_E = all(0x1.715476p0f);
    // ln 2 in two parts; the first has 16 bits, so that n times it is exact
    private static final FloatVector MINUS_LN_2_HIGH = all(-0x1.62e4p-1f);
    private static final FloatVector MINUS_LN_2_LOW = all(-0x1.7f7d1cp-20f);
    // added to a small number, its last bit is worth 1: the sum ends in the bits of n + 254, twice the exponent bias
    private static final FloatVector ROUNDER = all(0x1.8p23f + 254);
    private static final FloatVector ONE = all(1);
    private static final FloatVector E2 = all(0x1.fffffcp-2f);
    private static final FloatVector E3 = all(0x1.555488p-3f);
    private static final FloatVector E4 = all(0x1.555842p-5f);
    private static final FloatVector E5 = all(0x1.1240dep-7f);
    private static final FloatVector E6 = all(0x1.6ae8aap-10f);

    // erf(x)/x − 1 in powers of x², below 1
    private static final FloatVector S0 = all(0x1.06eba8p-3f);
    private static final FloatVector S1 = all(-0x1.81273ep-2f);
    private static final FloatVector S2 = all(0x1.ce2ce6p-4f);
    private static final FloatVector S3 = all(-0x1.b7f71ap-6f);
    private static final FloatVector S4 = all(0x1.53f224p-8f);
    private static final FloatVector S5 = all(-0x1.a3515ep-11f);
    private static final FloatVector S6 = all(0x1.4771fcp-14f);

    // ln(1 − erf(x)) in powers of x, from 1 to 4
    private static final FloatVector L0 = all(-0x1.662508p-12f);
    private static final FloatVector L1 = all(-0x1.2088e8p0f);
    private static final FloatVector L2 = all(-0x1.46baf8p-1f);
    private static final FloatVector L3 = all(-0x1.a652cep-4f);
    private static final FloatVector L4 = all(0x1.65ca4ap-6f);
    private static final FloatVector L5 = all(-0x1.8257dcp-9f);
    private static final FloatVector L6 = all(0x1.86d6ecp-13f);

    private VectorMath() {
    }

    private static FloatVector all(float value) {
        return FloatVector.broadcast(Vectors.SPECIES, value);
    }

    /**
     * e^x within 1 ulp, subnormal results included; 0 for −∞, ∞ for ∞ and above ln of the largest float, NaN for NaN.
     *
     * <p>With n = round(x / ln 2) and r = x − n ln 2, e^x is 2^n times a polynomial in r, |r| ≤ 0.35. The factor 2^n is
     * applied in two halves, because n itself can exceed the range of exponents at both ends.
     */
    static FloatVector exp(FloatVector x) {
        FloatVector shifted = x.fma(LOG2_E, ROUNDER);
        FloatVector n = shifted.sub(ROUNDER);
        FloatVector r = n.fma(MINUS_LN_2_LOW, n.fma(MINUS_LN_2_HIGH, x));
        FloatVector p = r.fma(E6, E5).fma(r, E4).fma(r, E3).fma(r, E2).fma(r, ONE).fma(r, ONE);
        IntVector bits = shifted.reinterpretAsInts();
        IntVector half = bits.lanewise(VectorOperators.LSHR, 1).lanewise(VectorOperators.LSHL, 23);
        IntVector otherHalf = bits.add(1).lanewise(VectorOperators.LSHR, 1).lanewise(VectorOperators.LSHL, 23);
        return p.mul(half.reinterpretAsFloats()).mul(otherHalf.reinterpretAsFloats())
                .blend(0, x.compare(VectorOperators.LT, EXP_IS_ZERO_BELOW))
                .blend(Float.POSITIVE_INFINITY, x.compare(VectorOperators.GT, EXP_IS_INFINITE_ABOVE));
    }

    /**
     * The error function within 1.1 ulp; −1 and 1 for the infinities, NaN for NaN, and the sign of x for ±0.
     *
     * <p>Below 1 it is x plus x times a polynomial in x², above 1 − e^q with a polynomial q in |x|.
     */
    static FloatVector erf(FloatVector x) {
        FloatVector square = x.mul(x);
        FloatVector p = square.fma(S6, S5).fma(square, S4).fma(square, S3).fma(square, S2).fma(square, S1)
                .fma(square, S0);
        FloatVector below = p.fma(x, x);
        FloatVector size = x.abs();
        FloatVector a = size.blend(4, size.compare(VectorOperators.GT, 4)); // from there on the result is 1
        FloatVector q = a.fma(L6, L5).fma(a, L4).fma(a, L3).fma(a, L2).fma(a, L1).fma(a, L0);
        IntVector above = ONE.sub(exp(q)).reinterpretAsInts().or(x.reinterpretAsInts().and(Integer.MIN_VALUE));
        return above.reinterpretAsFloats().blend(below, size.compare(VectorOperators.LT, 1));
    }
}
