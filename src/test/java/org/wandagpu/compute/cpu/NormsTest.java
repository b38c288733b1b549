package org.wandagpu.compute.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.wandagpu.compute.Device;
import org.wandagpu.compute.Heads;
import org.wandagpu.compute.Tensor;
import org.wandagpu.oracle.OracleLayers;
import org.wandagpu.tensor.DType;

class NormsTest {

    private static final long SEED = 20260303;
    private static final float EPSILON = 1e-5f;
    private static final double ROUNDING = 0x1p-24;

    static Stream<Arguments> shapesAndTypes() {
        int[][] shapes = {{1, 1}, {3, 2}, {2, 15}, {5, 16}, {1, 33}, {4, 47}, {2, 64}, {7, 100}, {1, 576}, {3, 4099}};
        return Arrays.stream(shapes).flatMap(shape -> List.of(DType.F32, DType.F16, DType.BF16).stream()
                .map(dtype -> Arguments.of(dtype, shape[0], shape[1])));
    }

    /** Normal values with zeros, subnormals and an outlier channel of 1000, around a mean that is not 0. */
    private static float[] activations(int rows, int columns) {
        Random random = new Random(SEED);
        float[] x = Operand.random(random, DType.F32, rows, columns).values();
        for (int i = 0; i < x.length; i++) {
            x[i] += i % columns == columns / 3 ? 1000 * (float) random.nextGaussian() : i % 5 == 0 ? 3 : 0;
        }
        return x;
    }

    @ParameterizedTest(name = "{1} rows of {2}, weight {0}")
    @MethodSource("shapesAndTypes")
    void rmsNormAgreesWithTheOracle(DType dtype, int rows, int columns) {
        float[] x = activations(rows, columns);
        Operand weight = Operand.random(new Random(SEED), dtype, 1, columns);
        float[] actual = rmsNorm(2, x, rows, weight);
        for (int t = 0; t < rows; t++) {
            double[] expected = OracleLayers.rmsNorm(row(x, t, columns), doubles(weight.values()), EPSILON);
            for (int i = 0; i < columns; i++) {
                // the sum rounds each term n times at most, its root halves that; mean, epsilon, root, two products
                double bound = (columns / 2.0 + 8) * ROUNDING * Math.abs(expected[i]) + 2 * Float.MIN_VALUE;
                assertWithin(expected[i], bound, actual[t * columns + i], t, i);
            }
        }
    }

    @ParameterizedTest(name = "{1} rows of {2}, parameters {0}")
    @MethodSource("shapesAndTypes")
    void layerNormAgreesWithTheOracle(DType dtype, int rows, int columns) {
        float[] x = activations(rows, columns);
        Random random = new Random(SEED);
        Operand gain = Operand.random(random, dtype, 1, columns);
        Operand bias = Operand.random(random, dtype, 1, columns);
        float[] actual = layerNorm(2, x, rows, gain, bias);
        for (int t = 0; t < rows; t++) {
            double[] row = row(x, t, columns);
            double[] expected = OracleLayers.layerNorm(row, doubles(gain.values()), doubles(bias.values()), EPSILON);
            double mean = Arrays.stream(row).average().orElseThrow();
            double variance = Arrays.stream(row).map(v -> (v - mean) * (v - mean)).average().orElseThrow() + EPSILON;
            double meanError = (columns + 1) * ROUNDING * Arrays.stream(row).map(Math::abs).average().orElseThrow();
            // of the factor: the sum of squares as in the RMS norm; a wrong mean enters it squared
            double factorError = (columns / 2.0 + 8) * ROUNDING + meanError * meanError / variance;
            for (int i = 0; i < columns; i++) {
                double scaled = Math.abs(gain.values()[i]) / Math.sqrt(variance);
                double bound = scaled * (meanError + Math.abs(row[i] - mean) * (factorError + 3 * ROUNDING))
                        + ROUNDING * Math.abs(expected[i]) + 2 * Float.MIN_VALUE;
                assertWithin(expected[i], bound * (1 + 1e-4), actual[t * columns + i], t, i);
            }
        }
    }

    private static void assertWithin(double expected, double bound, float actual, int row, int column) {
        assertThat(Math.abs(actual - expected) <= bound)
                .as("seed %d, row %d, column %d: %s, expected %s within %s", SEED, row, column, actual, expected, bound)
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 16, 64, 80, 128})
    void headsAreNormalizedLikeRows(int dim) {
        int tokens = 5;
        int heads = 3;
        int stride = dim + 2;
        float[] x = activations(tokens, 1 + heads * stride);
        Operand weight = Operand.random(new Random(SEED), DType.BF16, 1, dim);
        float[] expected = x.clone();
        for (int t = 0; t < tokens; t++) {
            for (int h = 0; h < heads; h++) {
                int at = t * (1 + heads * stride) + 1 + h * stride;
                float[] head = rmsNorm(1, Arrays.copyOfRange(x, at, at + dim), 1, weight);
                System.arraycopy(head, 0, expected, at, dim);
            }
        }
        try (Arena arena = Arena.ofShared(); Device device = new CpuDevice(2);
                Tensor rows = AttentionCase.tensor(device, x, 1 + heads * stride)) {
            device.ops().rmsNormHeads(new Heads(rows, 1, stride, heads, dim),
                    weight.placedAtAnOddAddress(device, arena), EPSILON);
            assertThat(rows.toFloats()).isEqualTo(expected);
        }
    }

    @Test
    void bitsAreThoseOfOneThreadForAnyNumberAndOfEachRowAlone() {
        int columns = 333;
        int rows = 500;
        float[] x = activations(rows, columns);
        Operand gain = Operand.random(new Random(SEED), DType.F16, 1, columns);
        float[] rms = rmsNorm(1, x, rows, gain);
        float[] layer = layerNorm(1, x, rows, gain, gain);
        for (int threads : new int[] {2, 7}) {
            assertThat(rmsNorm(threads, x, rows, gain)).as("threads " + threads).isEqualTo(rms);
            assertThat(layerNorm(threads, x, rows, gain, gain)).as("threads " + threads).isEqualTo(layer);
        }
        float[] last = Arrays.copyOfRange(x, (rows - 1) * columns, rows * columns);
        assertThat(rmsNorm(2, last, 1, gain)).isEqualTo(Arrays.copyOfRange(rms, (rows - 1) * columns, rows * columns));
        assertThat(layerNorm(2, last, 1, gain, gain))
                .isEqualTo(Arrays.copyOfRange(layer, (rows - 1) * columns, rows * columns));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 16, 32, 36})
    void notANumberFillsItsRowAndNoOther(int column) {
        int columns = 37;
        float[] x = activations(3, columns);
        Operand gain = Operand.random(new Random(SEED), DType.F32, 1, columns);
        float[] rms = rmsNorm(2, x, 3, gain);
        float[] layer = layerNorm(2, x, 3, gain, gain);
        x[columns + column] = Float.NaN;
        Arrays.fill(rms, columns, 2 * columns, Float.NaN);
        Arrays.fill(layer, columns, 2 * columns, Float.NaN);
        assertThat(rmsNorm(2, x, 3, gain)).isEqualTo(rms);
        assertThat(layerNorm(2, x, 3, gain, gain)).isEqualTo(layer);
    }

    @Test
    void aRowOfZerosStaysZeroAndShiftsToTheBias() {
        Operand gain = Operand.random(new Random(SEED), DType.F32, 1, 50);
        assertThat(rmsNorm(1, new float[50], 1, gain)).containsOnly(0f, -0f);
        assertThat(layerNorm(1, new float[50], 1, gain, gain)).usingComparatorWithPrecision(0f)
                .containsExactly(gain.values());
    }

    private static float[] rmsNorm(int threads, float[] x, int rows, Operand weight) {
        try (Arena arena = Arena.ofShared(); Device device = new CpuDevice(threads);
                Tensor input = AttentionCase.tensor(device, x, x.length / rows)) {
            device.ops().rmsNorm(input, weight.placedAtAnOddAddress(device, arena), EPSILON, input);
            return input.toFloats();
        }
    }

    private static float[] layerNorm(int threads, float[] x, int rows, Operand weight, Operand bias) {
        try (Arena arena = Arena.ofShared(); Device device = new CpuDevice(threads);
                Tensor input = AttentionCase.tensor(device, x, x.length / rows);
                Tensor out = device.allocate(DType.F32, rows, x.length / rows)) {
            device.ops().layerNorm(input, weight.placedAtAnOddAddress(device, arena),
                    bias.placedAtAnOddAddress(device, arena), EPSILON, out);
            return out.toFloats();
        }
    }

    private static double[] row(float[] x, int row, int columns) {
        return doubles(Arrays.copyOfRange(x, row * columns, (row + 1) * columns));
    }

    private static double[] doubles(float[] values) {
        double[] doubles = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            doubles[i] = values[i];
        }
        return doubles;
    }
}
