package org.wandagpu.compute.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.wandagpu.compute.Device;
import org.wandagpu.compute.Tensor;
import org.wandagpu.oracle.OracleSelection;
import org.wandagpu.oracle.OracleWeights;
import org.wandagpu.tensor.DType;

class RowSelectionTest {

    @ParameterizedTest(name = "{0} columns")
    @ValueSource(ints = {1, 2, 7, 15, 16, 17, 33, 100, 576, 1023, 1024, 1040, 1537, 4096})
    void zeroedWeightsAreTheOraclesAndTheOthersKeepTheirBits(int columns) {
        for (double sparsity : new double[] {0, 0.1, 0.5, 0.93, 1}) {
            int zeroed = (int) (columns * sparsity);
            SelectionCases.compare(3, columns, zeroed + " a row", ops -> (w, s) -> ops.zeroSmallestInRows(w, s, zeroed),
                    oracle -> oracle.smallestInRows(zeroed));
        }
    }

    @Test
    void oneAndAllButOneAreExactToo() {
        for (int zeroed : new int[] {1, 2047}) {
            SelectionCases.compare(2, 2048, zeroed + " a row", ops -> (w, s) -> ops.zeroSmallestInRows(w, s, zeroed),
                    oracle -> oracle.smallestInRows(zeroed));
        }
    }

    @Test
    void widestRowsOfKnownModelsAreExact() {
        OracleWeights dense = OracleWeights.random(OracleWeights.Kind.NORMAL, DType.BF16, 5, 28672, 1);
        float[] s = SelectionCases.statistic(28672, 1);
        try (Device device = new CpuDevice(2); Tensor w = dense.on(device);
                Tensor statistic = SelectionCases.tensor(device, s)) {
            device.ops().zeroSmallestInRows(w, statistic, 14336);
            assertThat(OracleWeights.bitsOf(w))
                    .isEqualTo(dense.withZeros(new OracleSelection(dense, s).smallestInRows(14336)).bits());
        }
    }

    @Test
    void aViewOfRowsLeavesTheOtherRowsAlone() {
        OracleWeights dense = OracleWeights.random(OracleWeights.Kind.NORMAL, DType.F16, 6, 45, 2);
        try (Device device = new CpuDevice(2); Tensor w = dense.on(device)) {
            device.ops().zeroSmallestInRows(w.rows(1, 3), null, 20);
            boolean[] zeroed = new OracleSelection(dense, null).smallestInRows(20);
            java.util.Arrays.fill(zeroed, 0, 45, false);
            java.util.Arrays.fill(zeroed, 4 * 45, 6 * 45, false);
            assertThat(OracleWeights.bitsOf(w)).isEqualTo(dense.withZeros(zeroed).bits());
        }
    }
}
