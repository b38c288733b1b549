package org.wandagpu.simulator;

/**
 * In which order blocks and warps take turns. A kernel without races gives the same results in every order.
 *
 * @param shuffled whether the order of blocks and of warps and the length of turns are drawn from the seed; otherwise
 *     blocks and warps go by their index and run as far as they get
 * @param seed the same seed gives the same order in every launch
 * @param warpInstructions how many instructions a warp may run in a launch before it counts as hanging; only loops that
 *     change registers or memory on every round get so far, others are known at once
 */
public record Schedule(boolean shuffled, long seed, long warpInstructions) {

    /** Some 20 seconds of one warp: far beyond what a kernel does that is worth running in a simulator. */
    private static final long MOST_INSTRUCTIONS = 1L << 26;

    /** Blocks and warps by their index. */
    public static final Schedule NATURAL = new Schedule(false, 0, MOST_INSTRUCTIONS);

    /** Everything drawn from a seed. */
    public static Schedule shuffled(long seed) {
        return new Schedule(true, seed, MOST_INSTRUCTIONS);
    }

    /** The same order with another limit. */
    public Schedule withWarpInstructions(long limit) {
        return new Schedule(shuffled, seed, limit);
    }
}
