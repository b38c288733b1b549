package org.wandagpu.simulator;

/**
 * An estimate, never a measurement, of a launch's time on a GPU: the slowest of device memory, second-level cache,
 * shared memory, instruction issue and tensor units, times the waste of an uneven number of blocks. It knows nothing of
 * latency, power or clocks. The formula stands in docs/simulator.md.
 */
public final class Roofline {

    /** Share of the nominal bandwidth that streaming kernels reach. */
    private static final double MEMORY_SHARE = 0.92;
    /** Share of the slowest term's rate that good kernels reach, alone and where a second term is nearly as slow. */
    private static final double ALONE = 0.88;
    private static final double CONTENDED = 0.8;
    private static final double NEAR = 0.8;
    private static final double LAUNCH_SECONDS = 3e-6;
    private static final int SCHEDULERS = 4;
    /** Of extrapolated numbers of blocks. */
    private static final double ROUNDING = 1e-6;

    private Roofline() {
    }

    /** What can be the slowest. */
    public enum Bound { MEMORY, CACHE, SHARED, ISSUE, TENSOR }

    /**
     * The terms of an estimate, in seconds, and what comes out.
     *
     * @param evenness blocks of the multiprocessor that has most over those of the mean one
     * @param reached share of the slowest term's rate that is counted on
     * @param residentBlocks of a multiprocessor
     * @param seconds of the launch
     */
    public record Estimate(Demand demand, double memory, double cache, double shared, double issue, double tensor,
            double evenness, double reached, int residentBlocks, double seconds) {

        /** The term that is the slowest. */
        public Bound bound() {
            double[] terms = {memory, cache, shared, issue, tensor};
            int slowest = 0;
            for (int i = 1; i < terms.length; i++) {
                slowest = terms[i] > terms[slowest] ? i : slowest;
            }
            return Bound.values()[slowest];
        }
    }

    /** Estimates a launch on a GPU. */
    public static Estimate estimate(GpuModel gpu, Demand demand, Occupancy occupancy) {
        double cycles = gpu.multiprocessors() * gpu.clock();
        double memory = demand.dramBytes() / (MEMORY_SHARE * gpu.bandwidth());
        double cache = demand.cacheBytes() / gpu.l2Bandwidth();
        double shared = demand.sharedCycles() / cycles;
        double issue = demand.issueSlots() / (SCHEDULERS * cycles);
        double tensor = demand.tensorTiles() * gpu.mmaCycles() / (SCHEDULERS * cycles);
        int resident = occupancy.residentBlocks(gpu.sharedBytes());
        double most = Math.ceil(demand.blocks() / gpu.multiprocessors() - ROUNDING);
        double evenness = most * gpu.multiprocessors() / demand.blocks();
        double slowest = 0;
        double second = 0;
        for (double term : new double[] {memory, cache, shared, issue, tensor}) {
            second = Math.max(second, Math.min(slowest, term));
            slowest = Math.max(slowest, term);
        }
        double reached = second > NEAR * slowest ? CONTENDED : ALONE;
        double seconds = evenness * slowest / reached + LAUNCH_SECONDS;
        return new Estimate(demand, memory, cache, shared, issue, tensor, evenness, reached, resident, seconds);
    }
}
