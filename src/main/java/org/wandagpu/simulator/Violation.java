package org.wandagpu.simulator;

/**
 * Something a kernel must not do, at the place where it was first seen in a launch.
 *
 * @param line line in the PTX text
 * @param source {@code file:line} of the CUDA source, empty without {@code .loc}
 * @param block index of the block, x fastest
 * @param thread index of the thread in its block, x fastest
 */
public record Violation(Kind kind, String kernel, int line, String source, long block, int thread, long address) {

    /** What went wrong. */
    public enum Kind {
        OUT_OF_BOUNDS, MISALIGNED, USE_AFTER_FREE,
        /** A register, or a place in memory of which no byte was ever written. */
        UNINITIALISED,
        /** Two warps of a block at one place of shared memory, one of them writing, in no order. */
        SHARED_RACE,
        /** The same in global memory, of a block or of several. */
        GLOBAL_RACE,
        /** The same for two lanes of a warp, in any memory: __syncwarp orders them. */
        LANE_RACE,
        /** The target of an asynchronous copy read before its lane has waited for it. */
        READ_BEFORE_WAIT,
        /** A barrier that some of its threads pass by, reported at the barrier. */
        BARRIER_NOT_REACHED,
        /** A named barrier with another number of threads than before, or one that a warp arrives at twice. */
        BARRIER_MISUSED,
        /** A shuffle, vote or other instruction that names lanes which do not take part. */
        LANES_MISSING,
        /** Memory written that the same launch reads by ld.global.nc. */
        READ_ONLY_WRITTEN,
        /** trap, which ends a launch on a GPU. */
        TRAPPED,
        /** assert: the output says which. */
        ASSERTION_FAILED,
        /** Calls that need more local memory than a thread can have. */
        STACK_OVERFLOW,
        /** A loop that waits for what never happens, or runs for longer than the schedule allows. */
        NO_PROGRESS
    }

    @Override
    public String toString() {
        return "%s in %s, PTX line %d%s, block %d, thread %d, address 0x%x".formatted(kind, kernel, line,
                source.isEmpty() ? "" : " (" + source + ")", block, thread, address);
    }
}
