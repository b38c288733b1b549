package org.wandagpu.compute.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.wandagpu.compute.Device;
import org.wandagpu.compute.Tensor;
import org.wandagpu.oracle.OracleProduct;
import org.wandagpu.tensor.DType;

class LinearTest {

    private static final long SEED = 20260101;
    private static final List<DType> TYPES = List.of(DType.F32, DType.F16, DType.BF16);

    /** Around the borders of kernel tiles, blocks of in-features, pieces and the path for few tokens. */
    private static final int[][] TOKENS_IN_OUTPUTS = {
        {1, 1, 1}, {1, 33, 1}, {1, 63, 65}, {1, 8200, 3}, {2, 576, 7}, {3, 64, 33}, {4, 4097, 5}, {5, 15, 31},
        {6, 1, 1}, {6, 33, 1}, {7, 255, 31}, {8, 256, 32}, {13, 257, 33}, {20, 513, 63}, {29, 1000, 16},
        {40, 4100, 5}, {513, 20, 289}, {600, 3, 1}
    };

    static Stream<Arguments> shapesAndTypes() {
        return Arrays.stream(TOKENS_IN_OUTPUTS).flatMap(shape -> TYPES.stream()
                .map(dtype -> Arguments.of(dtype, shape[0], shape[1], shape[2])));
    }

    @ParameterizedTest(name = "{0}: {1} tokens, {2} to {3} features")
    @MethodSource("shapesAndTypes")
    void productAgreesWithTheOracle(DType dtype, int tokens, int in, int outputs) {
        Random random = new Random(SEED);
        Operand x = Operand.random(random, DType.F32, tokens, in);
        Operand w = Operand.random(random, dtype, outputs, in);
        Operand bias = Operand.random(random, dtype, 1, outputs);
        float[] before = Operand.random(random, DType.F32, tokens, outputs).values();
        for (Operand added : new Operand[] {null, bias}) {
            OracleProduct expected = OracleProduct.of(x.values(), w.values(), added == null ? null : added.values(),
                    tokens, outputs, in);
            assertWithin(expected, new float[tokens * outputs], in + 2, multiply(2, x, w, added, null));
            assertWithin(expected, before, in + 3, multiply(2, x, w, added, before));
        }
    }

    /** Every chain of partial sums rounds each term at most {@code roundings} times, in whatever order. */
    private static void assertWithin(OracleProduct expected, float[] before, int roundings, float[] actual) {
        for (int i = 0; i < actual.length; i++) {
            double error = Math.abs(actual[i] - (before[i] + expected.values()[i]));
            double bound = expected.bound(i, roundings) + 2 * 0x1p-24 * Math.abs(before[i]);
            if (!(error <= bound)) {
                assertThat(actual[i]).as("seed %d, element %d: error %g, bound %g", SEED, i, error, bound)
                        .isEqualTo((float) (before[i] + expected.values()[i]));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 17, 256, 257, 576, 1000})
    void sumsAreTakenInTheDocumentedOrder(int in) {
        Random random = new Random(SEED);
        Operand x = Operand.random(random, DType.F32, 9, in);
        Operand w = Operand.random(random, DType.BF16, 40, in);
        Operand bias = Operand.random(random, DType.F32, 1, 40);
        float[] expected = new float[9 * 40];
        int blockLength = Math.ceilDiv(in, Math.ceilDiv(in, 256));
        for (int element = 0; element < expected.length; element++) {
            float sum = bias.values()[element % 40];
            for (int from = 0; from < in; from += blockLength) {
                float block = 0;
                for (int i = from; i < Math.min(in, from + blockLength); i++) {
                    block = Math.fma(x.values()[element / 40 * in + i], w.values()[element % 40 * in + i], block);
                }
                sum += block;
            }
            expected[element] = sum;
        }
        assertThat(multiply(2, x, w, bias, null)).as("seed %d", SEED).isEqualTo(expected);
    }

    @ParameterizedTest(name = "{0} tokens")
    @ValueSource(ints = {1, 4, 5, 6, 100, 1100})
    void bitsAreTheSameForAnyNumberOfThreads(int tokens) {
        Random random = new Random(SEED);
        Operand x = Operand.random(random, DType.F32, tokens, 70);
        Operand w = Operand.random(random, DType.F16, 610, 70);
        float[] expected = multiply(1, x, w, null, null);
        for (int threads : new int[] {2, 3, 7}) {
            assertThat(multiply(threads, x, w, null, null)).as("seed %d, %d threads", SEED, threads)
                    .isEqualTo(expected);
        }
    }

    @Test
    void rowOfTheProductDoesNotDependOnTheRowsBesideIt() {
        assertRowsAreTheSameInAnyCall(700, new int[] {6, 7, 100, 587});
    }

    @Test
    void rowOfAProductOfFewTokensDoesNotDependOnTheRowsBesideIt() {
        assertRowsAreTheSameInAnyCall(5, new int[] {1, 1, 3});
    }

    private static void assertRowsAreTheSameInAnyCall(int tokens, int[] chunks) {
        Random random = new Random(SEED);
        Operand x = Operand.random(random, DType.F32, tokens, 300);
        Operand w = Operand.random(random, DType.F32, 50, 300);
        float[] together = multiply(2, x, w, null, null);
        int first = 0;
        for (int count : chunks) {
            Operand part = new Operand(DType.F32, count, 300,
                    Arrays.copyOfRange(x.values(), first * 300, (first + count) * 300));
            assertThat(multiply(2, part, w, null, null)).as("seed %d, rows %d on", SEED, first)
                    .isEqualTo(Arrays.copyOfRange(together, first * 50, (first + count) * 50));
            first += count;
        }
        assertThat(first).isEqualTo(tokens);
    }

    @ParameterizedTest(name = "{0} tokens")
    @ValueSource(ints = {3, 9})
    void viewsOfRowsReadAndWriteNothingElse(int tokens) {
        Random random = new Random(SEED);
        Operand x = Operand.random(random, DType.F32, tokens + 2, 37);
        Operand w = Operand.random(random, DType.F32, 11 + 2, 37);
        Operand inner = new Operand(DType.F32, tokens, 37, Arrays.copyOfRange(x.values(), 37, 37 * (tokens + 1)));
        Operand innerW = new Operand(DType.F32, 11, 37, Arrays.copyOfRange(w.values(), 37, 37 * 12));
        float[] expected = multiply(1, inner, innerW, null, null);
        surroundWithNan(x);
        surroundWithNan(w);
        try (Arena arena = Arena.ofShared(); Device device = new CpuDevice(2);
                Tensor out = device.allocate(DType.F32, tokens + 2, 11)) {
            device.ops().linear(x.placedAtAnOddAddress(device, arena).rows(1, tokens),
                    w.placedAtAnOddAddress(device, arena).rows(1, 11), null, out.rows(1, tokens));
            float[] actual = out.toFloats();
            assertThat(Arrays.copyOfRange(actual, 11, 11 * (tokens + 1))).isEqualTo(expected);
            assertThat(Arrays.copyOf(actual, 11)).containsOnly(0);
            assertThat(Arrays.copyOfRange(actual, 11 * (tokens + 1), actual.length)).containsOnly(0);
        }
    }

    private static void surroundWithNan(Operand operand) {
        Arrays.fill(operand.values(), 0, operand.columns(), Float.NaN);
        Arrays.fill(operand.values(), operand.values().length - operand.columns(), operand.values().length, Float.NaN);
    }

    @ParameterizedTest
    @EnumSource(names = {"F32", "F16", "BF16"})
    void infinitiesAndNanReachTheirOwnRowsAndColumnsOnly(DType dtype) {
        for (int tokens : new int[] {4, 14}) {
            Random random = new Random(SEED);
            Operand x = Operand.random(random, DType.F32, tokens, 80);
            Operand w = Operand.random(random, dtype, 35, 80);
            x.values()[2 * 80 + 7] = Float.NaN;
            w.values()[9 * 80 + 79] = Float.NaN;
            w.values()[12 * 80 + 3] = Float.POSITIVE_INFINITY;
            for (int t = 0; t < tokens; t++) {
                x.values()[t * 80 + 3] = t == 3 ? 0 : -2;
            }
            float[] actual = multiply(2, x, w, null, null);
            for (int i = 0; i < actual.length; i++) {
                int token = i / 35;
                int output = i % 35;
                if (token == 2 || output == 9 || token == 3 && output == 12) {
                    assertThat(actual[i]).as("element %d", i).isNaN();
                } else if (output == 12) {
                    assertThat(actual[i]).as("element %d", i).isEqualTo(Float.NEGATIVE_INFINITY);
                } else {
                    assertThat(actual[i]).as("element %d", i).isFinite();
                }
            }
        }
    }

    @Test
    void interpretedAndCompiledCodeGiveTheSameBits() {
        for (int tokens : new int[] {5, 6}) {
            Random random = new Random(SEED);
            Operand x = Operand.random(random, DType.F32, tokens, 200);
            Operand w = Operand.random(random, DType.F16, 64, 200);
            float[] first = multiply(1, x, w, null, null);
            try (Arena arena = Arena.ofShared(); Device device = new CpuDevice(1);
                    Tensor out = device.allocate(DType.F32, tokens, 64)) {
                Tensor placedX = x.placedAtAnOddAddress(device, arena);
                Tensor placedW = w.placedAtAnOddAddress(device, arena);
                for (int round = 0; round < 20_000; round++) {
                    device.ops().linear(placedX, placedW, null, out);
                }
                assertThat(out.toFloats()).isEqualTo(first);
            }
        }
    }

    /** @param before what out holds, for the form that adds; null for the one that overwrites */
    private static float[] multiply(int threads, Operand x, Operand w, Operand bias, float[] before) {
        try (Arena arena = Arena.ofShared(); Device device = new CpuDevice(threads);
                Tensor out = device.allocate(DType.F32, x.rows(), w.rows())) {
            Tensor placedX = x.placedAtAnOddAddress(device, arena);
            Tensor placedW = w.placedAtAnOddAddress(device, arena);
            Tensor placedBias = bias == null ? null : bias.placedAtAnOddAddress(device, arena);
            if (before == null) {
                device.ops().linear(placedX, placedW, placedBias, out);
            } else {
                out.copyFrom(MemorySegment.ofArray(before));
                device.ops().linearAdd(placedX, placedW, placedBias, out);
            }
            return out.toFloats();
        }
    }
}
