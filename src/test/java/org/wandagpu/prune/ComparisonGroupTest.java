package org.wandagpu.prune;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.wandagpu.compute.Device;
import org.wandagpu.compute.Tensor;
import org.wandagpu.compute.cpu.CpuDevice;
import org.wandagpu.oracle.OracleSelection;
import org.wandagpu.oracle.OracleWeights;
import org.wandagpu.tensor.DType;

/** Each method under the comparison group that is not its own. */
class ComparisonGroupTest {

    private static final OracleWeights DENSE =
            OracleWeights.random(OracleWeights.Kind.QUANTISED, DType.F16, 9, 50, 4);
    private static final float[] STATISTIC = new float[50];

    static {
        for (int j = 0; j < STATISTIC.length; j++) {
            STATISTIC[j] = 1 + j % 5;
        }
    }

    @Test
    void wandaOverALayerRanksByScoreRowColumnAndTruncatesTheCount() {
        assertThat(prune(new Wanda(), 0.333, ComparisonGroup.LAYER))
                .isEqualTo(DENSE.withZeros(new OracleSelection(DENSE, STATISTIC).smallestInLayer(149)).bits());
    }

    @Test
    void magnitudeByRowsZeroesNoMoreThanAskedFor() {
        assertThat(prune(new Magnitude(), 0.5, ComparisonGroup.ROW))
                .isEqualTo(DENSE.withZeros(new OracleSelection(DENSE, null).smallestInRows(25)).bits());
    }

    @Test
    void magnitudeOverALayerZeroesEverythingUpToItsThreshold() {
        assertThat(prune(new Magnitude(), 0.5, ComparisonGroup.LAYER))
                .isEqualTo(DENSE.withZeros(new OracleSelection(DENSE, null).upToRank(225)).bits());
    }

    private static int[] prune(PruningMethod method, double sparsity, ComparisonGroup group) {
        try (Device device = new CpuDevice(2); Tensor w = DENSE.on(device);
                Tensor s = OracleWeights.of(DType.F32, new float[][] {STATISTIC}).on(device)) {
            SparsityTarget target = new SparsityTarget.Unstructured(sparsity, group);
            method.prune(device.ops(), w, method.needsStatistics() ? s : null, target);
            return OracleWeights.bitsOf(w);
        }
    }
}
