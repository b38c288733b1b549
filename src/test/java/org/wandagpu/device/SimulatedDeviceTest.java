package org.wandagpu.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.wandagpu.compute.Device;
import org.wandagpu.compute.Ops;
import org.wandagpu.compute.Tensor;
import org.wandagpu.compute.cpu.SelectionCases;
import org.wandagpu.oracle.OracleWeights;
import org.wandagpu.tensor.DType;
import org.wandagpu.tensor.NmPattern;

/** The same statistics give the same masks on {@code --device sim} and {@code --device cpu}. */
class SimulatedDeviceTest {

    private static final int ROWS = 6;

    /** A selection, by name. */
    private record Case(String name, Selection selection) {
        @Override
        public String toString() {
            return name;
        }
    }

    private interface Selection {
        double run(Ops ops, Tensor w, Tensor s);
    }

    private static Case of(String name, Runnable3 body) {
        return new Case(name, (ops, w, s) -> {
            body.run(ops, w, s);
            return 0;
        });
    }

    private interface Runnable3 {
        void run(Ops ops, Tensor w, Tensor s);
    }

    static Stream<Case> selections() {
        return Stream.of(
                of("rows 50 %", (ops, w, s) -> ops.zeroSmallestInRows(w, s, (int) w.columns() / 2)),
                of("rows 0", (ops, w, s) -> ops.zeroSmallestInRows(w, s, 0)),
                of("2:4", (ops, w, s) -> ops.zeroSmallestInGroups(w, s, new NmPattern(2, 4))),
                of("4:8", (ops, w, s) -> ops.zeroSmallestInGroups(w, s, new NmPattern(4, 8))),
                of("layer 0", (ops, w, s) -> ops.zeroSmallestInLayer(w, s, 0)),
                of("layer 65 %", (ops, w, s) -> ops.zeroSmallestInLayer(w, s, w.rows() * w.columns() * 65 / 100)),
                of("layer, all", (ops, w, s) -> ops.zeroSmallestInLayer(w, s, w.rows() * w.columns())),
                of("magnitude 50 %", (ops, w, s) -> ops.zeroUpToRank(w, w.rows() * w.columns() / 2)),
                of("magnitude, past the end", (ops, w, s) -> ops.zeroUpToRank(w, w.rows() * w.columns())),
                new Case("score share 50 %", (ops, w, s) -> ops.zeroByScoreShare(w, s, 0.5)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("selections")
    void masksAreTheCpus(Case selection) {
        try (Device cpu = Devices.open("cpu", 2, note -> { }); Device sim = Devices.open("sim", 1, note -> { })) {
            for (int columns : new int[] {8, 40, 264}) {
                for (OracleWeights.Kind kind : OracleWeights.Kind.values()) {
                    for (DType dtype : SelectionCases.DTYPES) {
                        long seed = 7L * columns + kind.ordinal();
                        OracleWeights dense = OracleWeights.random(kind, dtype, ROWS, columns, seed);
                        float[][] s = {SelectionCases.statistic(columns, seed)};
                        double[] found = new double[2];
                        int[] expected = run(cpu, dense, s, selection, found, 0);
                        int[] actual = run(sim, dense, s, selection, found, 1);
                        assertThat(actual).as("%s[%d, %d] %s", dtype, ROWS, columns, kind).isEqualTo(expected);
                        assertThat(found[1]).isEqualTo(found[0]);
                    }
                }
            }
        }
    }

    private static int[] run(Device device, OracleWeights dense, float[][] statistic, Case selection, double[] found,
            int at) {
        try (Tensor w = dense.on(device); Tensor s = OracleWeights.of(DType.F32, statistic).on(device)) {
            found[at] = selection.selection().run(device.ops(), w, s);
            return OracleWeights.bitsOf(w);
        }
    }

    @Test
    void statisticsAreTheCpusWithinRounding() {
        float[][] x = new float[12][20];
        for (int i = 0; i < x.length; i++) {
            for (int j = 0; j < x[i].length; j++) {
                x[i][j] = (float) Math.sin(1 + 3 * i + 7 * j) * (j + 1);
            }
        }
        float[] expected = statistic("cpu", x);
        float[] actual = statistic("sim", x);
        for (int j = 0; j < expected.length; j++) {
            assertThat(actual[j]).isCloseTo(expected[j], org.assertj.core.data.Offset.offset(expected[j] * 1e-6f));
        }
    }

    private static float[] statistic(String kind, float[][] x) {
        try (Device device = Devices.open(kind, 1, note -> { });
                Tensor activations = OracleWeights.of(DType.F32, x).on(device);
                Tensor s = device.allocate(DType.F32, 1, x[0].length)) {
            s.copyFrom(java.lang.foreign.MemorySegment.ofArray(new float[x[0].length]));
            device.ops().foldColumnSquares(activations, 6, 0, s);
            device.ops().foldColumnSquares(activations, 4, 2, s);
            return s.toFloats();
        }
    }

    @Test
    void aCallThatDoesNotFitIsTheCallersBug() {
        try (Device sim = Devices.open("sim", 1, note -> { }); Tensor w = sim.allocate(DType.F32, 2, 5)) {
            assertThatThrownBy(() -> sim.ops().zeroSmallestInGroups(w, null, new NmPattern(2, 4)))
                    .isInstanceOf(IllegalArgumentException.class).hasMessage("do not fit: last group=1, zeroed=2");
            assertThat(Arrays.asList(sim.kind(), Devices.open("cpu", 1, note -> { }).kind())).containsExactly("sim", "cpu");
        }
    }
}
