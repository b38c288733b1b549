package org.wandagpu.simulator;

/** A decoded instruction. */
@FunctionalInterface
interface Operation {

    /** Runs for the lanes whose bits are set in {@code active}, never none. */
    void run(Warp warp, int active);
}
