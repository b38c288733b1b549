package org.wandagpu.compute.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.wandagpu.oracle.OracleWeights;
import org.wandagpu.simulator.Schedule;
import org.wandagpu.tensor.DType;
import org.wandagpu.tensor.NmPattern;

/** The kernels as they ship give the same bits in any order of blocks and warps, and no report. */
class ScheduleTest {

    private static final int SEEDS = 4;
    private static final int ROWS = 5;

    /** What is done to a matrix; norms is a device address. */
    enum Work {
        ROWS_IN_REGISTERS(1032) {
            @Override
            void run(Simulation simulation, DeviceMatrix w, long norms) {
                new RowSelect(simulation).zeroSmallest(w, norms, 500);
            }
        },
        ROWS_IN_MEMORY(301) {
            @Override
            void run(Simulation simulation, DeviceMatrix w, long norms) {
                new RowSelect(simulation).zeroSmallest(w, norms, 150);
            }
        },
        GROUPS(264) {
            @Override
            void run(Simulation simulation, DeviceMatrix w, long norms) {
                new GroupSelect(simulation).zeroSmallest(w, norms, new NmPattern(2, 4));
            }
        },
        LAYER(264) {
            @Override
            void run(Simulation simulation, DeviceMatrix w, long norms) {
                long scratch = simulation.gpu.allocate(LayerSelect.scratchBytes(w.rows()));
                simulation.gpu.copyIn(scratch, MemorySegment.ofArray(LayerSelect.state(600)));
                new LayerSelect(simulation).zeroUpTo(w, norms, scratch, false);
            }
        },
        SHARES(264) {
            @Override
            void run(Simulation simulation, DeviceMatrix w, long norms) {
                ShareSelect shares = new ShareSelect(simulation, w, norms,
                        simulation.gpu.allocate(ShareSelect.scratchBytes(w)),
                        simulation.gpu.allocate(ShareSelect.scratchBytes(w)));
                shares.sort();
                shares.count(0.4f, simulation.gpu.allocate(Long.BYTES));
                shares.zero(0.4f);
            }
        },
        COLUMN_SQUARES(264) {
            @Override
            void run(Simulation simulation, DeviceMatrix w, long norms) {
                long scratch = simulation.gpu.allocate(ColumnSquaresFold.scratchBytes(1, w.rows(), w.columns()));
                new ColumnSquaresFold(simulation).fold(w, w.rows(), 0, norms, scratch);
            }
        };

        private final int columns;

        Work(int columns) {
            this.columns = columns;
        }

        abstract void run(Simulation simulation, DeviceMatrix w, long norms);
    }

    @ParameterizedTest
    @EnumSource
    void theOrderOfBlocksAndWarpsDoesNotMatter(Work work) {
        for (OracleWeights.Kind kind : new OracleWeights.Kind[] {OracleWeights.Kind.NORMAL, OracleWeights.Kind.QUANTISED}) {
            byte[] expected = result(work, kind, Schedule.NATURAL);
            for (int seed = 0; seed < SEEDS; seed++) {
                assertThat(result(work, kind, Schedule.shuffled(seed))).as("%s, seed %d", kind, seed)
                        .isEqualTo(expected);
            }
        }
    }

    /** The weights and the norms after the work. */
    private static byte[] result(Work work, OracleWeights.Kind kind, Schedule schedule) {
        Simulation simulation = new Simulation(schedule);
        OracleWeights dense = OracleWeights.random(kind, DType.F16, ROWS, work.columns, 3);
        long norms = simulation.gpu.allocate(4L * work.columns);
        new InputNorms(simulation).compute(0, norms, work.columns);
        DeviceMatrix w = new DeviceMatrix(simulation.upload(DeviceBytes.of(dense)), DType.F16, ROWS, work.columns);
        work.run(simulation, w, norms);
        byte[] weights = simulation.download(w.address(), 2 * ROWS * work.columns);
        byte[] both = Arrays.copyOf(weights, weights.length + 4 * work.columns);
        System.arraycopy(simulation.download(norms, 4 * work.columns), 0, both, weights.length, 4 * work.columns);
        return both;
    }
}
