package org.wandagpu.compute.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.wandagpu.oracle.OracleWeights;
import org.wandagpu.simulator.Schedule;

/** The kernels as they ship give the same bits in any order of blocks and warps, and no report. */
class ScheduleTest {

    private static final int SEEDS = 4;

    @ParameterizedTest
    @EnumSource
    void theOrderOfBlocksAndWarpsDoesNotMatter(KernelWork work) {
        for (OracleWeights.Kind kind : List.of(OracleWeights.Kind.NORMAL, OracleWeights.Kind.QUANTISED)) {
            byte[] expected = work.result(new Simulation(), kind);
            for (int seed = 0; seed < SEEDS; seed++) {
                assertThat(work.result(new Simulation(Schedule.shuffled(seed)), kind)).as("%s, seed %d", kind, seed)
                        .isEqualTo(expected);
            }
        }
    }
}
