package org.wandagpu.bench.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.wandagpu.bench.kernels.CountingLauncher.Launched;
import org.wandagpu.simulator.BufferTraffic;
import org.wandagpu.simulator.Counters;
import org.wandagpu.simulator.Demand;

/**
 * What the shipped kernels ask of a GPU, as counters: sectors no more than their bytes, no bank conflicts where there
 * need be none, no more instructions than they were measured with. Stable on every machine, where times are not.
 */
class KernelCountersTest {

    private static final int ROWS = 64;
    private static final int COLUMNS = 4096;
    private static final double WEIGHTS = ROWS * (double) COLUMNS;
    private static final int SECTOR = 32;

    private static List<Counters> count(KernelCase kernel) {
        return Estimator.run(kernel, ROWS, COLUMNS, 1).stream().map(Launched::counters).toList();
    }

    private static double slotsPerWeight(Counters counters) {
        return Demand.of(counters, 0).issueSlots() * SECTOR / WEIGHTS;
    }

    @Test
    void rowSelectionReadsAndWritesEachSectorOnce() {
        Counters counters = count(KernelCase.SELECT_ROWS).getFirst();
        BufferTraffic weights = counters.buffers().getFirst();
        assertThat(weights.sectorsRead()).isEqualTo((long) WEIGHTS * 2 / SECTOR);
        assertThat(weights.sectorsWritten()).isEqualTo((long) WEIGHTS * 2 / SECTOR);
        double ideal = weights.sectorsRead() + weights.sectorsWritten();
        assertThat(weights.sectors() / ideal).as("0.1 % of the weights are looked at again").isBetween(1.0, 1.03);
        assertThat(counters.atomics().requests()).isZero();
        assertThat(slotsPerWeight(counters)).as("of 34 that an H100 has").isLessThan(24.5);
    }

    @Test
    void groupSelectionMovesNothingButTheWeightsAndNorms() {
        for (KernelCase kernel : List.of(KernelCase.SELECT_2_4, KernelCase.SELECT_4_8)) {
            Counters counters = count(kernel).getFirst();
            BufferTraffic weights = counters.buffers().getFirst();
            assertThat(weights.sectors()).isEqualTo(weights.sectorsRead() + weights.sectorsWritten());
            assertThat(counters.stores().bytesPerUsefulByte()).isEqualTo(1);
            assertThat(counters.stores().usefulBytes()).isEqualTo((long) WEIGHTS * 2);
            assertThat(counters.shared().requests() + counters.barriers()).isZero();
            assertThat(slotsPerWeight(counters)).isLessThan(kernel == KernelCase.SELECT_2_4 ? 16 : 28);
        }
    }

    /** The table of actions is looked up by what the weights are: those conflicts cannot be avoided. */
    @Test
    void compressionWritesWholeLinesOfMetadata() {
        Counters counters = count(KernelCase.COMPRESS).getFirst();
        assertThat(counters.buffers().getFirst().sectors()).isEqualTo((long) WEIGHTS * 2 / SECTOR);
        assertThat(counters.stores().bytesPerUsefulByte()).isEqualTo(1);
        assertThat(counters.stores().usefulBytes()).isEqualTo((long) (WEIGHTS * 1.125));
        assertThat(slotsPerWeight(counters)).as("of 27 that an H100 has").isLessThan(15);
    }

    @Test
    void columnSquaresReadEachSectorOnceWithoutConflicts() {
        Counters counters = count(KernelCase.NORMS).getFirst();
        assertThat(counters.loads().bytesPerUsefulByte()).isEqualTo(1);
        assertThat(counters.loads().usefulBytes()).isEqualTo((long) WEIGHTS * 2);
        assertThat(counters.shared().conflictCycles()).isZero();
        assertThat(slotsPerWeight(counters)).as("of 17 that an H100 has").isLessThan(4.5);
    }
}
