package org.wandagpu.compute.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.wandagpu.oracle.OracleStatistic;
import org.wandagpu.oracle.OracleWeights;
import org.wandagpu.tensor.DType;

/** The statistic's kernel as it ships, run in the simulator, beside the oracle in double. */
class ColumnSquaresKernelTest {

    @ParameterizedTest(name = "{0} sequences of {1} tokens, {2} columns, {3}")
    @CsvSource({"1,1,1,F32", "2,3,5,F16", "1,64,8,F16", "2,65,24,BF16", "3,130,36,F32", "1,200,264,F16", "2,9,17,BF16"})
    void sequencesAreFoldedIn(int sequences, int seqlen, int columns, DType dtype) {
        OracleWeights x = OracleWeights.random(OracleWeights.Kind.NORMAL, dtype, sequences * seqlen, columns, columns);
        Simulation simulation = new Simulation();
        long s = simulation.gpu.allocate(4L * columns);
        simulation.clear(s, 4L * columns);
        DeviceMatrix matrix = new DeviceMatrix(simulation.upload(DeviceBytes.of(x)), dtype, x.rows(), columns);
        long scratch = simulation.gpu.allocate(ColumnSquaresFold.scratchBytes(sequences, seqlen, columns));
        new ColumnSquaresFold(simulation).fold(matrix, seqlen, 0, s, scratch);

        float[] actual = DeviceBytes.toFloats(simulation.download(s, 4 * columns));
        double[] expected = OracleStatistic.of(values(x), columns, seqlen);
        for (int j = 0; j < columns; j++) {
            // terms >= 0: one rounding a token on the way up, four more for each sequence folded in
            double bound = expected[j] * (seqlen + 4 * sequences) * 0x1p-24;
            assertThat(Math.abs(actual[j] - expected[j]) <= bound).as("column %d: %s, expected %s", j, actual[j],
                    expected[j]).isTrue();
        }
    }

    private static float[] values(OracleWeights x) {
        float[] values = new float[x.rows() * x.columns()];
        for (int i = 0; i < values.length; i++) {
            values[i] = x.value(i / x.columns(), i % x.columns());
        }
        return values;
    }
}
