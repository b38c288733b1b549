package org.wandagpu.compute.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.wandagpu.compute.Tensor;
import org.wandagpu.oracle.OracleSelection;
import org.wandagpu.oracle.OracleWeights;
import org.wandagpu.tensor.DType;

class ScoreShareSelectionTest {

    @ParameterizedTest(name = "[{0}, {1}]")
    @CsvSource({"1,1", "2,17", "6,64", "5,65", "9,200", "3,1500"})
    void alphaAndZeroedWeightsAreTheOracles(int rows, int columns) {
        SelectionCases.onDevices((device, threads) -> {
            for (OracleWeights.Kind kind : OracleWeights.Kind.values()) {
                for (DType dtype : SelectionCases.DTYPES) {
                    OracleWeights dense = OracleWeights.random(kind, dtype, rows, columns, 11);
                    float[] s = dtype == DType.BF16 ? null : SelectionCases.statistic(columns, 11);
                    for (double sparsity : new double[] {0, 0.3, 0.5, 0.65, 1}) {
                        var expected = new OracleSelection(dense, s).upToScoreShare(sparsity);
                        try (Tensor w = dense.on(device); Tensor statistic = SelectionCases.tensor(device, s)) {
                            String what = "%s of %s[%d, %d] %s, threads %d".formatted(sparsity, dtype, rows, columns,
                                    kind, threads);
                            double alpha = device.ops().zeroByScoreShare(w, statistic, sparsity);
                            assertThat(alpha).as(what).isEqualTo(expected.alpha());
                            assertThat(OracleWeights.bitsOf(w)).as(what)
                                    .isEqualTo(dense.withZeros(expected.zeroed()).bits());
                        }
                    }
                }
            }
        });
    }
}
