package org.wandagpu.compute.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.wandagpu.compute.Device;
import org.wandagpu.compute.Tensor;
import org.wandagpu.oracle.OracleSelection;
import org.wandagpu.oracle.OracleWeights;
import org.wandagpu.tensor.DType;

class LayerSelectionTest {

    @ParameterizedTest(name = "[{0}, {1}]")
    @CsvSource({"1,1", "1,17", "5,3", "7,33", "16,64", "40,100", "3,1500"})
    void smallestOfTheLayerAreTheOracles(int rows, int columns) {
        int weights = rows * columns;
        for (int zeroed : new int[] {0, 1, weights / 3, weights / 2, weights - 1, weights}) {
            SelectionCases.compare(rows, columns, zeroed + " of the layer",
                    ops -> (w, s) -> ops.zeroSmallestInLayer(w, s, zeroed), oracle -> oracle.smallestInLayer(zeroed));
        }
    }

    @ParameterizedTest(name = "[{0}, {1}]")
    @CsvSource({"1,1", "1,17", "5,3", "7,33", "16,64", "40,100", "3,1500"})
    void everyMagnitudeUpToTheRankGoesAsInTheOracle(int rows, int columns) {
        int weights = rows * columns;
        SelectionCases.onDevices((device, threads) -> {
            for (OracleWeights.Kind kind : OracleWeights.Kind.values()) {
                for (DType dtype : SelectionCases.DTYPES) {
                    OracleWeights dense = OracleWeights.random(kind, dtype, rows, columns, 7);
                    for (int rank : new int[] {0, weights / 3, weights / 2, weights - 1, weights, weights + 5}) {
                        try (Tensor w = dense.on(device)) {
                            device.ops().zeroUpToRank(w, rank);
                            assertThat(OracleWeights.bitsOf(w))
                                    .as("rank %d of %s[%d, %d] %s, threads %d", rank, dtype, rows, columns, kind,
                                            threads)
                                    .isEqualTo(dense.withZeros(new OracleSelection(dense, null).upToRank(rank)).bits());
                        }
                    }
                }
            }
        });
    }

    @Test
    void equalWeightsOfSeveralBlocksOfRowsGoInOrderOfRows() {
        OracleWeights dense = OracleWeights.random(OracleWeights.Kind.ALL_EQUAL, DType.BF16, 300, 1000, 3);
        try (Device device = new CpuDevice(2); Tensor w = dense.on(device)) {
            device.ops().zeroSmallestInLayer(w, null, 123_456);
            boolean[] zeroed = new boolean[300_000];
            java.util.Arrays.fill(zeroed, 0, 123_456, true);
            assertThat(OracleWeights.bitsOf(w)).isEqualTo(dense.withZeros(zeroed).bits());
        }
    }
}
