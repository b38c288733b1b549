package org.wandagpu.device;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.wandagpu.compute.Device;
import org.wandagpu.compute.Tensor;
import org.wandagpu.compute.cpu.SelectionCases;
import org.wandagpu.oracle.OracleWeights;
import org.wandagpu.tensor.DType;

/** Scores as a matrix: the product of reference-semantics §3, to the bit, on every device. */
class ScoresTest {

    private static final int ROWS = 5;

    @ParameterizedTest
    @ValueSource(strings = {"cpu", "sim"})
    void scoresAreRoundedProducts(String kind) {
        try (Device device = Devices.open(kind, 2, note -> { })) {
            for (int columns : new int[] {1, 8, 33, 1032}) {
                for (OracleWeights.Kind values : OracleWeights.Kind.values()) {
                    for (DType dtype : SelectionCases.DTYPES) {
                        float[] s = values.ordinal() % 3 == 0 ? null : SelectionCases.statistic(columns, columns);
                        compare(device, OracleWeights.random(values, dtype, ROWS, columns, columns), s);
                    }
                }
            }
        }
    }

    private static void compare(Device device, OracleWeights weights, float[] s) {
        int columns = weights.columns();
        try (Tensor w = weights.on(device); Tensor out = device.allocate(DType.F32, ROWS, columns);
                Tensor statistic = s == null ? null : OracleWeights.of(DType.F32, new float[][] {s}).on(device)) {
            device.ops().scores(w, statistic, out);
            float[] dense = w.toFloats();
            int[] expected = new int[dense.length];
            for (int i = 0; i < dense.length; i++) {
                float norm = s == null ? 1 : (float) Math.sqrt(s[i % columns]) + 0f;
                expected[i] = Float.floatToIntBits(Math.abs(dense[i]) * norm);
            }
            assertThat(OracleWeights.bitsOf(out)).isEqualTo(expected);
        }
    }
}
