package org.wandagpu.schedule;

/** Who is told how far the work is. Called from the working thread. */
public interface Progress {

    /** Tells nobody. */
    Progress NONE = new Progress() {
    };

    /**
     * A stretch of work begins.
     *
     * @param what its name, for people
     * @param steps how many steps it has
     * @param done how many of them an earlier run has done
     */
    default void start(String what, long steps, long done) {
    }

    /** So many steps more are done. */
    default void step(long steps) {
    }

    /** A line worth keeping, for example a block's sparsity. */
    default void message(String line) {
    }

    /** The stretch is over. */
    default void end() {
    }
}
