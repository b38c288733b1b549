package org.wandagpu.bench.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.wandagpu.bench.kernels.CountingLauncher.Launched;
import org.wandagpu.simulator.Demand;
import org.wandagpu.simulator.GpuModel;

/** What is counted for a part of a matrix and grows from there is what the whole matrix counts. */
class EstimatorTest {

    private static final int PROCESSORS = 4;
    private static final GpuModel SMALL = new GpuModel("small", "sm_80", PROCESSORS, 1e9, 1e12, 3e12, 1 << 20, 164 << 10, 8);
    private static final LayerShape SHAPE = new LayerShape(256, 1024, 0);
    private static final double ONE_PERCENT = 0.01;

    @ParameterizedTest
    @EnumSource
    void aPartStandsForTheWhole(KernelCase kernel) {
        Estimator estimator = new Estimator(SMALL);
        List<Estimator.Launch> estimated = estimator.estimate(kernel, SHAPE);
        List<Launched> whole = Estimator.run(kernel, SHAPE.rows(), SHAPE.columns(), PROCESSORS);
        assertThat(estimated).hasSameSizeAs(whole);
        for (int i = 0; i < whole.size(); i++) {
            Demand expected = estimator.demand(whole.get(i));
            Demand found = estimated.get(i).estimate().demand();
            assertThat(estimated.get(i).entry()).isEqualTo(whole.get(i).entry());
            assertThat(found.blocks()).isEqualTo(expected.blocks());
            near(found.dramBytes(), expected.dramBytes());
            near(found.cacheBytes(), expected.cacheBytes());
            near(found.sharedCycles(), expected.sharedCycles());
            near(found.issueSlots(), expected.issueSlots());
        }
    }

    private static void near(double found, double expected) {
        assertThat(found).isCloseTo(expected, within(ONE_PERCENT * expected));
    }
}
