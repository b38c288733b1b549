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
        OUT_OF_BOUNDS, MISALIGNED, UNINITIALISED, USE_AFTER_FREE, SHARED_RACE, GLOBAL_RACE, READ_BEFORE_WAIT,
        LANE_RACE, BARRIER_NOT_REACHED, LANES_MISSING
    }

    @Override
    public String toString() {
        return "%s in %s, PTX line %d%s, block %d, thread %d, address 0x%x".formatted(kind, kernel, line,
                source.isEmpty() ? "" : " (" + source + ")", block, thread, address);
    }
}
