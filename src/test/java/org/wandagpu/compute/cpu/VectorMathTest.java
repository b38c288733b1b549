package org.wandagpu.compute.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.DoubleUnaryOperator;
import java.util.function.UnaryOperator;
import jdk.incubator.vector.FloatVector;
import org.junit.jupiter.api.Test;
import org.wandagpu.oracle.ErrorFunction;

class VectorMathTest {

    private static final int LANES = Vectors.LANES;

    @Test
    void exponentialIsWithinOneUlpOverAllFloats() {
        assertWithin(1, VectorMath::exp, Math::exp, 997);
    }

    @Test
    void errorFunctionIsWithinItsStatedErrorOverAllFloats() {
        assertWithin(1.1, VectorMath::erf, ErrorFunction::erf, 9973);
    }

    @Test
    void exponentialIsExactAtItsEnds() {
        float largest = Math.nextDown(88.72284f); // the last float below 128 ln 2
        float smallest = -103.972077f; // the last float above -150 ln 2
        assertLanes(VectorMath::exp,
                new float[] {0, -0f, Float.NEGATIVE_INFINITY, Float.POSITIVE_INFINITY, Float.NaN, Float.MIN_VALUE,
                    Float.MAX_VALUE, -Float.MAX_VALUE, Math.nextUp(largest), Math.nextDown(smallest), smallest, 1e9f,
                    -1e9f},
                new float[] {1, 1, 0, Float.POSITIVE_INFINITY, Float.NaN, 1, Float.POSITIVE_INFINITY, 0,
                    Float.POSITIVE_INFINITY, 0, Float.MIN_VALUE, Float.POSITIVE_INFINITY, 0});
        assertThat(apply(VectorMath::exp, largest)).isFinite().isGreaterThan(3.4e38f);
    }

    @Test
    void errorFunctionIsExactAtItsEnds() {
        assertLanes(VectorMath::erf,
                new float[] {0, -0f, Float.NEGATIVE_INFINITY, Float.POSITIVE_INFINITY, Float.NaN, 1e30f, -5},
                new float[] {0, -0f, -1, 1, Float.NaN, 1, -1});
    }

    /** Tries every {@code step}th bit pattern, in ulps of the result. */
    private static void assertWithin(double ulps, UnaryOperator<FloatVector> f, DoubleUnaryOperator exact, int step) {
        float[] x = new float[LANES];
        float[] y = new float[LANES];
        for (long bits = 0; bits < 1L << 32; bits += (long) LANES * step) {
            for (int i = 0; i < LANES; i++) {
                x[i] = Float.intBitsToFloat((int) (bits + (long) i * step));
            }
            f.apply(FloatVector.fromArray(Vectors.SPECIES, x, 0)).intoArray(y, 0);
            for (int i = 0; i < LANES; i++) {
                double expected = exact.applyAsDouble(x[i]);
                boolean same = Float.compare((float) expected, y[i]) == 0;
                if (!same && !(Math.abs(y[i] - expected) <= ulps * Math.ulp((float) expected))) {
                    throw new AssertionError("at " + x[i] + ": expected " + expected + ", was " + y[i]);
                }
            }
        }
    }

    private static void assertLanes(UnaryOperator<FloatVector> f, float[] x, float[] expected) {
        float[] actual = new float[x.length];
        for (int i = 0; i < x.length; i++) {
            actual[i] = apply(f, x[i]);
        }
        assertThat(actual).containsExactly(expected);
    }

    private static float apply(UnaryOperator<FloatVector> f, float x) {
        return f.apply(FloatVector.broadcast(Vectors.SPECIES, x)).lane(LANES - 1);
    }
}
