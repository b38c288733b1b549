package org.wandagpu.compute.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.Function;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.wandagpu.compute.cpu.SelectionCases;
import org.wandagpu.oracle.OracleSelection;
import org.wandagpu.oracle.OracleWeights;
import org.wandagpu.tensor.DType;
import org.wandagpu.tensor.NmPattern;

/** The selection kernels as they ship, run in the simulator: masks equal the oracle's, and no report. */
@Execution(ExecutionMode.CONCURRENT) // minutes in all; every case has a simulated GPU of its own
class SelectionKernelsTest {

    private static final int ROWS = 30; // more than blocks, so that each walks over several

    /** What zeroes weights of a matrix; norms is a device address. */
    private interface Operation {
        void run(Simulation simulation, DeviceMatrix w, long norms);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7, 8, 31, 33, 127, 256, 264, 1000, 2056})
    void rowsLoseTheirSmallestScores(int columns) {
        for (int zeroed : new int[] {0, 1, columns / 2, columns}) {
            compare(columns, "zeroed " + zeroed,
                    (simulation, w, norms) -> new RowSelect(simulation).zeroSmallest(w, norms, zeroed),
                    oracle -> oracle.smallestInRows(zeroed));
        }
    }

    @ParameterizedTest(name = "{0}:{1} of {2} columns")
    @CsvSource({"2,4,4", "2,4,64", "2,4,1032", "2,4,66", "4,8,8", "4,8,1040", "1,4,36", "3,4,32", "2,8,80", "8,16,96",
            "3,7,49", "5,32,96"})
    void groupsLoseTheirSmallestScores(int kept, int groupSize, int columns) {
        NmPattern pattern = new NmPattern(kept, groupSize);
        compare(columns, pattern.toString(),
                (simulation, w, norms) -> new GroupSelect(simulation).zeroSmallest(w, norms, pattern),
                oracle -> oracle.smallestInGroups(groupSize, groupSize - kept));
    }

    private static void compare(int columns, String name, Operation operation,
            Function<OracleSelection, boolean[]> expected) {
        for (OracleWeights.Kind kind : OracleWeights.Kind.values()) {
            for (DType dtype : SelectionCases.DTYPES) {
                long seed = 31L * columns + kind.ordinal();
                OracleWeights dense = OracleWeights.random(kind, dtype, ROWS, columns, seed);
                float[] s = seed % 3 == 0 ? null : SelectionCases.statistic(columns, seed);
                Simulation simulation = new Simulation();
                long norms = simulation.gpu.allocate(4L * columns);
                new InputNorms(simulation).compute(s == null ? 0 : simulation.upload(DeviceBytes.of(s)), norms, columns);
                DeviceMatrix w = new DeviceMatrix(simulation.upload(DeviceBytes.of(dense)), dtype, ROWS, columns);
                operation.run(simulation, w, norms);
                byte[] result = simulation.download(w.address(), ROWS * columns * dtype.bytes());
                assertThat(result).as("%s of %s[%d, %d] %s, seed %d, by %s", name, dtype, ROWS, columns, kind, seed,
                                simulation.launched)
                        .isEqualTo(DeviceBytes.of(dense.withZeros(expected.apply(new OracleSelection(dense, s)))));
            }
        }
    }
}
