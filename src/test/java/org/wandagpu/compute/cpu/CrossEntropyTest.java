package org.wandagpu.compute.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.wandagpu.compute.Device;
import org.wandagpu.oracle.OracleCrossEntropy;
import org.wandagpu.oracle.OracleProduct;
import org.wandagpu.tensor.DType;

class CrossEntropyTest {

    private static final long SEED = 20260102;

    @ParameterizedTest(name = "{0}: {1} tokens, {2} words, {3} features")
    @CsvSource({"F32, 1, 1, 1", "F16, 1, 7, 33", "BF16, 5, 288, 8", "F32, 6, 289, 64", "F16, 7, 1152, 31",
        "BF16, 3, 1153, 16", "F16, 530, 300, 20", "F32, 2, 5000, 65"})
    void lossesAgreeWithTheOracle(DType dtype, int tokens, int words, int features) {
        Random random = new Random(SEED);
        Operand x = Operand.random(random, DType.F32, tokens, features);
        Operand head = Operand.random(random, dtype, words, features);
        Operand bias = Operand.random(random, DType.F32, 1, words);
        int[] targets = random.ints(tokens, 0, words).toArray();
        for (Operand added : new Operand[] {null, bias}) {
            OracleCrossEntropy expected = OracleCrossEntropy.of(OracleProduct.of(x.values(), head.values(),
                    added == null ? null : added.values(), tokens, words, features), targets);
            assertWithin(expected, features, losses(2, x, head, added, targets));
        }
    }

    private static void assertWithin(OracleCrossEntropy expected, int features, float[] actual) {
        for (int t = 0; t < actual.length; t++) {
            double error = Math.abs(actual[t] - expected.losses()[t]);
            double bound = bound(expected, t, features);
            if (!(error <= bound)) {
                assertThat(actual[t]).as("seed %d, token %d: error %g, bound %g", SEED, t, error, bound)
                        .isEqualTo((float) expected.losses()[t]);
            }
        }
    }

    /**
     * Two logits' rounding, one for the sum and one for the target; the subtraction of the maximum, which rounds by the
     * distance; a sum of up to 288 / LANES + log LANES terms of 1 ulp each; the result's own rounding.
     */
    private static double bound(OracleCrossEntropy expected, int t, int features) {
        double logits = 2 * (features + 2) * expected.logits()[t];
        double sum = expected.spread()[t] + 288.0 / Vectors.LANES + 4 + 2;
        return 0x1p-24 * (logits + sum + Math.abs(expected.losses()[t])) * (1 + 0x1p-10);
    }

    @Test
    void lossIsWithinAMillionthWhereTheLogitsAreExact() {
        int words = 49_152;
        Random random = new Random(SEED);
        Operand x = new Operand(DType.F32, 2, 1, new float[] {1, 0.5f});
        float[] logits = new float[words];
        for (int v = 0; v < words; v++) {
            logits[v] = (float) (4 * random.nextGaussian());
        }
        Operand head = new Operand(DType.F32, words, 1, logits);
        int[] targets = {17, 49_151};
        double[] expected = OracleCrossEntropy.of(
                OracleProduct.of(x.values(), logits, null, 2, words, 1), targets).losses();
        float[] actual = losses(2, x, head, null, targets);
        for (int t = 0; t < 2; t++) {
            assertThat(Math.abs(actual[t] - expected[t]) <= 1e-6 * expected[t])
                    .as("seed %d: %s against %s", SEED, actual[t], expected[t]).isTrue();
        }
    }

    @Test
    void largeLogitsDoNotOverflow() {
        Operand x = new Operand(DType.F32, 2, 1, new float[] {1e5f, -1e5f});
        Operand head = new Operand(DType.F32, 3, 1, new float[] {3, 1, -2});
        assertThat(losses(1, x, head, null, new int[] {0, 0})).containsExactly(0, 5e5f);
    }

    @Test
    void wordsRuledOutByTheirBiasAddNothing() {
        Random random = new Random(SEED);
        int words = 900;
        Operand x = Operand.random(random, DType.F32, 6, 12);
        Operand head = Operand.random(random, DType.F32, words, 12);
        float[] bias = new float[words];
        Arrays.fill(bias, 0, 600, Float.NEGATIVE_INFINITY);
        Operand rest = new Operand(DType.F32, 300, 12, Arrays.copyOfRange(head.values(), 600 * 12, words * 12));
        int[] targets = {600, 700, 800, 899, 650, 601};
        OracleCrossEntropy expected = OracleCrossEntropy.of(
                OracleProduct.of(x.values(), rest.values(), null, 6, 300, 12),
                Arrays.stream(targets).map(target -> target - 600).toArray());
        assertWithin(expected, 12, losses(2, x, head, new Operand(DType.F32, 1, words, bias), targets));
    }

    @Test
    void nanInARowMakesItsLossNan() {
        Random random = new Random(SEED);
        Operand x = Operand.random(random, DType.F32, 8, 20);
        Operand head = Operand.random(random, DType.F32, 700, 20);
        x.values()[3 * 20 + 11] = Float.NaN;
        float[] actual = losses(2, x, head, null, new int[] {1, 2, 3, 4, 5, 6, 7, 8});
        for (int t = 0; t < 8; t++) {
            assertThat(Float.isNaN(actual[t])).as("token %d: %s", t, actual[t]).isEqualTo(t == 3);
        }
    }

    @Test
    void rowsWithoutATargetAreSkippedAndChangeNothing() {
        Random random = new Random(SEED);
        Operand x = Operand.random(random, DType.F32, 1300, 16);
        Operand head = Operand.random(random, DType.F32, 40, 16);
        int[] targets = random.ints(1300, 0, 40).toArray();
        float[] all = losses(2, x, head, null, targets);
        for (int t = 0; t < 1300; t++) {
            if (t < 500 || t % 3 == 0) {
                targets[t] = -1;
                all[t] = 0;
            }
        }
        assertThat(losses(2, x, head, null, targets)).as("seed %d", SEED).isEqualTo(all);
        Arrays.fill(targets, -1);
        assertThat(losses(2, x, head, null, targets)).containsOnly(0);
    }

    @Test
    void bitsAreTheSameForAnyNumberOfThreadsAndAnyRowsBeside() {
        Random random = new Random(SEED);
        Operand x = Operand.random(random, DType.F32, 1100, 24);
        Operand head = Operand.random(random, DType.BF16, 2400, 24);
        int[] targets = random.ints(1100, 0, 2400).toArray();
        float[] expected = losses(1, x, head, null, targets);
        for (int threads : new int[] {2, 7}) {
            assertThat(losses(threads, x, head, null, targets)).as("seed %d, %d threads", SEED, threads)
                    .isEqualTo(expected);
        }
        Operand part = new Operand(DType.F32, 3, 24, Arrays.copyOfRange(x.values(), 700 * 24, 703 * 24));
        assertThat(losses(2, part, head, null, Arrays.copyOfRange(targets, 700, 703)))
                .isEqualTo(Arrays.copyOfRange(expected, 700, 703));
    }

    private static float[] losses(int threads, Operand x, Operand head, Operand bias, int[] targets) {
        try (Arena arena = Arena.ofShared(); Device device = new CpuDevice(threads)) {
            float[] losses = new float[targets.length];
            Arrays.fill(losses, Float.NaN);
            device.ops().crossEntropy(x.placedAtAnOddAddress(device, arena), head.placedAtAnOddAddress(device, arena),
                    bias == null ? null : bias.placedAtAnOddAddress(device, arena), targets, losses);
            return losses;
        }
    }
}
