package org.wandagpu.compute.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.wandagpu.compute.Device;
import org.wandagpu.compute.Tensor;
import org.wandagpu.oracle.OracleStatistic;
import org.wandagpu.oracle.OracleWeights;
import org.wandagpu.tensor.DType;

class ColumnSquaresTest {

    private static final int PARTIAL_SUM = 8;

    @ParameterizedTest(name = "{0} sequences of {1} tokens, {2} columns")
    @CsvSource({"1,1,1", "1,7,3", "3,8,16", "2,9,17", "5,48,100", "4,100,64", "1,513,65", "2,64,576", "1,4096,33"})
    void agreesWithTheOracle(int sequences, int seqlen, int columns) {
        float[] x = activations(sequences * seqlen, columns, seqlen);
        double[] expected = OracleStatistic.of(x, columns, seqlen);
        float[] actual = fold(x, sequences, seqlen, columns, 2);
        // Terms are not negative, so each rounding errs by 2^-24 of the result at most: those of a partial sum, of the
        // partial sums' sum, and four in each fold; a square below the smallest normal number errs by 2^-149.
        double relative = (PARTIAL_SUM + Math.ceilDiv(seqlen, PARTIAL_SUM) + 4 * sequences) * 0x1p-24;
        double absolute = (seqlen + 4.0 * sequences) * Float.MIN_VALUE;
        for (int j = 0; j < columns; j++) {
            double error = Math.abs(actual[j] - expected[j]);
            assertThat(error <= expected[j] * relative + absolute)
                    .as("column %d: %s, expected %s, error %s", j, actual[j], expected[j], error / expected[j])
                    .isTrue();
        }
    }

    @ParameterizedTest(name = "{0} sequences of {1} tokens, {2} columns")
    @CsvSource({"2,9,17", "3,64,200", "1,100,576", "2,30,1000"})
    void bitsAreThoseOfOneThreadForAnyNumber(int sequences, int seqlen, int columns) {
        float[] x = activations(sequences * seqlen, columns, 5);
        float[] one = fold(x, sequences, seqlen, columns, 1);
        for (int threads : new int[] {2, 3, 7}) {
            assertThat(fold(x, sequences, seqlen, columns, threads)).as("threads " + threads).isEqualTo(one);
        }
    }

    @Test
    void sequencesFoldTheSameOneByOneOrAtOnce() {
        int seqlen = 13;
        int columns = 40;
        float[] x = activations(4 * seqlen, columns, 6);
        try (Device device = new CpuDevice(2); Tensor all = OracleWeights.of(DType.F32, rows(x, columns)).on(device);
                Tensor s = device.allocate(DType.F32, 1, columns)) {
            device.ops().foldColumnSquares(all.rows(0, seqlen), seqlen, 0, s);
            device.ops().foldColumnSquares(all.rows(seqlen, 2 * seqlen), seqlen, 1, s);
            device.ops().foldColumnSquares(all.rows(3 * seqlen, seqlen), seqlen, 3, s);
            assertThat(s.toFloats()).isEqualTo(fold(x, 4, seqlen, columns, 1));
        }
    }

    @Test
    void notFiniteInputsStayInTheirColumns() {
        float[] x = new float[3 * 20];
        x[1] = Float.NaN;
        x[20 + 2] = Float.POSITIVE_INFINITY;
        x[40 + 3] = Float.MAX_VALUE;
        float[] expected = new float[20];
        expected[1] = Float.NaN;
        expected[2] = Float.POSITIVE_INFINITY;
        expected[3] = Float.POSITIVE_INFINITY;
        assertThat(fold(x, 1, 3, 20, 2)).isEqualTo(expected);
    }

    /** Columns of very different size, dead ones and subnormal squares among them. */
    private static float[] activations(int tokens, int columns, long seed) {
        Random random = new Random(seed);
        float[] scales = new float[columns];
        for (int j = 0; j < columns; j++) {
            scales[j] = switch (j % 9) {
                case 0 -> 1000f;
                case 1 -> 0f;
                case 2 -> 1e-22f;
                default -> (float) Math.exp(random.nextGaussian());
            };
        }
        float[] x = new float[tokens * columns];
        for (int i = 0; i < x.length; i++) {
            x[i] = (float) random.nextGaussian() * scales[i % columns];
        }
        return x;
    }

    private static float[] fold(float[] x, int sequences, int seqlen, int columns, int threads) {
        try (Device device = new CpuDevice(threads);
                Tensor input = OracleWeights.of(DType.F32, rows(x, columns)).on(device);
                Tensor s = device.allocate(DType.F32, 1, columns)) {
            assertThat(input.rows()).isEqualTo((long) sequences * seqlen);
            device.ops().foldColumnSquares(input, seqlen, 0, s);
            return s.toFloats();
        }
    }

    private static float[][] rows(float[] x, int columns) {
        float[][] rows = new float[x.length / columns][columns];
        for (int i = 0; i < x.length; i++) {
            rows[i / columns][i % columns] = x[i];
        }
        return rows;
    }
}
