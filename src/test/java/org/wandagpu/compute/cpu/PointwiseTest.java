package org.wandagpu.compute.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.wandagpu.compute.Activation;
import org.wandagpu.compute.Device;
import org.wandagpu.compute.Tensor;
import org.wandagpu.oracle.OracleLayers;
import org.wandagpu.tensor.DType;

class PointwiseTest {

    private static final long SEED = 20260404;
    private static final double ROUNDING = 0x1p-24;

    /** Below −88.7 the exponential in a denominator overflows and the result is 0, which errs by less than this. */
    private static final double OVERFLOW = 3e-37;

    @ParameterizedTest
    @EnumSource(Activation.class)
    void activationsAgreeWithTheOracleOverAllFloats(Activation f) {
        float[] x = new float[1 << 17];
        for (int i = 0; i < x.length; i++) {
            x[i] = Float.intBitsToFloat(i * 32771); // odd: every pattern of the upper bits
        }
        float[] actual = activate(2, f, x, 1 << 7);
        for (int i = 0; i < x.length; i++) {
            double expected = exact(f, x[i]);
            if (Float.compare(actual[i], (float) expected) != 0) {
                double bound = bound(f, x[i], expected) + Float.MIN_VALUE;
                assertThat(Math.abs(actual[i] - expected) <= bound)
                        .as("%s(%s) = %s, expected %s within %s", f, x[i], actual[i], expected, bound).isTrue();
            }
        }
    }

    private static double exact(Activation f, double x) {
        return OracleLayers.activation(switch (f) {
            case RELU -> "relu";
            case SILU -> "silu";
            case GELU_ERF -> "gelu";
            case GELU_TANH -> "gelu_new";
        }).applyAsDouble(x);
    }

    private static double bound(Activation f, double x, double exact) {
        return switch (f) {
            case RELU -> 0;
            // the exponential errs by one ulp, two roundings; sum and quotient by one each
            case SILU -> 4 * ROUNDING * Math.abs(exact) + OVERFLOW;
            // the error function and its argument: 1.1 + 1 roundings of 1, its sum with 1 another; times x/2
            case GELU_ERF -> 1.6 * ROUNDING * Math.abs(x) + ROUNDING * Math.abs(exact);
            // -2u is rounded five times, constants included, which the exponential multiplies by 2|u|
            case GELU_TANH -> {
                double twoU = Math.abs(2 * Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x));
                double share = x < 0 ? 1 : Math.exp(-twoU);
                // Math.tanh leaves the oracle itself no digits where it is near -1
                yield (5 * twoU * share + 5) * ROUNDING * Math.abs(exact) + OVERFLOW + Math.abs(x) * 0x1p-52;
            }
        };
    }

    @ParameterizedTest
    @EnumSource(Activation.class)
    void anElementHasTheSameBitsWhereverItLies(Activation f) {
        float[] x = Operand.random(new Random(SEED), DType.F32, 41, 53).values();
        float[] all = activate(1, f, x, 53);
        for (int from = 0; from < 40; from++) {
            float[] part = Arrays.copyOfRange(x, from, from + 41 - from);
            assertThat(activate(1, f, part, part.length)).as("from %d", from)
                    .isEqualTo(Arrays.copyOfRange(all, from, from + part.length));
        }
        float[] big = new float[300 * 700];
        for (int i = 0; i < big.length; i++) {
            big[i] = x[i % x.length];
        }
        for (int threads : new int[] {1, 2, 7}) {
            float[] actual = activate(threads, f, big, 700);
            for (int i = 0; i < big.length; i++) {
                if (Float.compare(actual[i], all[i % x.length]) != 0) {
                    throw new AssertionError(threads + " threads, element " + i + ": " + actual[i]);
                }
            }
        }
    }

    @ParameterizedTest(name = "{0} at infinity {1}, at -infinity {2}")
    @CsvSource({"RELU, Infinity, 0", "SILU, Infinity, NaN", "GELU_ERF, Infinity, NaN", "GELU_TANH, Infinity, NaN"})
    void endsAreThoseOfTheFormula(Activation f, float plus, float minus) {
        float[] x = {Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, Float.NaN, 0, -0f, -1e30f};
        assertThat(activate(1, f, x, x.length)).usingComparatorWithPrecision(0f)
                .containsExactly(plus, minus, Float.NaN, 0, 0, 0);
    }

    @ParameterizedTest
    @EnumSource(Activation.class)
    void gatedIsTheRoundedActivationTimesTheOther(Activation f) {
        for (int columns : new int[] {1, 15, 16, 100, 2047, 2050}) {
            float[] gate = Operand.random(new Random(SEED), DType.F32, 3, columns).values();
            float[] up = Operand.random(new Random(SEED + 1), DType.F32, 3, columns).values();
            float[] expected = activate(1, f, gate, columns);
            for (int i = 0; i < expected.length; i++) {
                expected[i] *= up[i];
            }
            for (int threads : new int[] {1, 2, 7}) {
                try (Device device = new CpuDevice(threads); Tensor x = AttentionCase.tensor(device, gate, columns);
                        Tensor y = AttentionCase.tensor(device, up, columns)) {
                    device.ops().activateGated(f, x, y);
                    assertThat(x.toFloats()).isEqualTo(expected);
                }
            }
        }
    }

    @Test
    void sumsAndCopiesAreExact() {
        for (int[] shape : new int[][] {{1, 1}, {2, 17}, {5, 64}, {300, 333}}) {
            float[] x = Operand.random(new Random(SEED), DType.F32, shape[0], shape[1]).values();
            float[] y = Operand.random(new Random(SEED + 1), DType.F32, shape[0], shape[1]).values();
            x[0] = Float.NaN;
            float[] sum = new float[x.length];
            for (int i = 0; i < x.length; i++) {
                sum[i] = y[i] + x[i];
            }
            for (int threads : new int[] {1, 2, 7}) {
                try (Device device = new CpuDevice(threads); Tensor a = AttentionCase.tensor(device, x, shape[1]);
                        Tensor b = AttentionCase.tensor(device, y, shape[1])) {
                    device.ops().add(a, b);
                    assertThat(b.toFloats()).isEqualTo(sum);
                    device.ops().copy(a, b);
                    assertThat(b.toFloats()).isEqualTo(x);
                }
            }
        }
    }

    private static float[] activate(int threads, Activation f, float[] x, int columns) {
        try (Device device = new CpuDevice(threads); Tensor tensor = AttentionCase.tensor(device, x, columns)) {
            device.ops().activate(f, tensor);
            return tensor.toFloats();
        }
    }
}
