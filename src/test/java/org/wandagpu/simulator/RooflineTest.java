package org.wandagpu.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.wandagpu.simulator.Roofline.Bound;
import org.wandagpu.simulator.Roofline.Estimate;

/** The estimate against arithmetic made by hand. */
class RooflineTest {

    private static final Occupancy SMALL = new Occupancy(32, 256, 0);
    private static final double LAUNCH = 3e-6;

    @Test
    void aStreamTakesItsBytesOverTheBandwidth() {
        Demand demand = new Demand(1.94e9, 1.94e9, 0, 1, 0, 108 * 8);
        Estimate estimate = Roofline.estimate(GpuModel.A100, demand, SMALL);
        assertThat(estimate.bound()).isEqualTo(Bound.MEMORY);
        assertThat(estimate.memory()).isEqualTo(1e-3 / 0.92, within(1e-12));
        assertThat(estimate.cache()).isEqualTo(1.94e9 / 4.5e12, within(1e-12));
        assertThat(estimate.evenness()).isEqualTo(1);
        assertThat(estimate.seconds()).isEqualTo(1e-3 / 0.92 / 0.88 + LAUNCH, within(1e-12));
    }

    @Test
    void twoTermsThatAreNearCostMore() {
        double cycles = 1e-3 * 108 * 1.41e9;
        Demand demand = new Demand(0, 0, cycles, 0.9 * 4 * cycles, 0, 108);
        Estimate estimate = Roofline.estimate(GpuModel.A100, demand, SMALL);
        assertThat(estimate.bound()).isEqualTo(Bound.SHARED);
        assertThat(estimate.issue()).isEqualTo(0.9e-3, within(1e-9));
        assertThat(estimate.seconds()).isEqualTo(1e-3 / 0.8 + LAUNCH, within(1e-9));
    }

    /** 128 blocks on 108 processors: some have two, the mean one has 1.19. */
    @Test
    void anUnevenNumberOfBlocksIsPaidWhole() {
        Occupancy large = new Occupancy(240, 256, 100 << 10);
        Demand demand = new Demand(0, 0, 0, 0, 1e6, 128);
        Estimate estimate = Roofline.estimate(GpuModel.A100, demand, large);
        assertThat(estimate.residentBlocks()).isEqualTo(1);
        assertThat(estimate.evenness()).isEqualTo(216.0 / 128, within(1e-12));
        assertThat(estimate.tensor()).isEqualTo(1e6 * 8 / (4 * 108 * 1.41e9), within(1e-12));
    }

    /** By the occupancy calculator's rules: registers in pieces of 256 a warp, 1 KB of shared memory for the system. */
    @Test
    void blocksAreResidentByTheScarcestResource() {
        assertThat(new Occupancy(72, 128, 12_696).residentBlocks(164 << 10)).as("registers").isEqualTo(7);
        assertThat(new Occupancy(33, 256, 0).residentBlocks(164 << 10)).as("33 registers count as 40").isEqualTo(6);
        assertThat(new Occupancy(16, 1024, 0).residentBlocks(164 << 10)).as("threads").isEqualTo(2);
        assertThat(new Occupancy(16, 32, 0).residentBlocks(164 << 10)).as("blocks").isEqualTo(32);
        assertThat(new Occupancy(16, 128, 81 << 10).residentBlocks(164 << 10)).as("shared").isEqualTo(2);
    }

    @Test
    void whatAllSharesHaveInCommonIsCountedOnce() {
        Demand one = new Demand(1000 + 10, 5, 5, 5, 0, 7);
        Demand two = new Demand(2000 + 10, 10, 10, 10, 0, 14);
        assertThat(one.extrapolated(two, 100)).isEqualTo(new Demand(100_010, 500, 500, 500, 0, 700));
    }
}
