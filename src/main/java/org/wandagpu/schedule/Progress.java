package org.wandagpu.schedule;

/** Who is told how far the work is. Called from the working thread. */
public interface Progress {

    /** Tells nobody. */
    Progress NONE = new Progress() {
        @Override
        public void start(String what, long steps, long done) {
        }

        @Override
        public void step(long steps) {
        }

        @Override
        public void message(String line) {
        }

        @Override
        public void end() {
        }
    };

    /**
     * A stretch of work begins.
     *
     * @param what its name, for people
     * @param steps how many steps it has
     * @param done how many of them an earlier run has done
     */
    void start(String what, long steps, long done);

    /** So many steps more are done. */
    void step(long steps);

    /** A line worth keeping, for example a block's sparsity. */
    void message(String line);

    /** The stretch is over. */
    void end();
}
