package org.wandagpu.compute.cpu;

/** Splits the rows of a matrix into tasks of several rows, so that claiming a task costs little beside the work. */
final class RowBlocks {

    private static final long WEIGHTS_PER_BLOCK = 1 << 16;

    /** What is done with rows {@code first} … {@code end} − 1. */
    interface Body {
        void accept(int first, int end);
    }

    private RowBlocks() {
    }

    /** Blocks of about the same number of weights, small enough that the last one keeps nobody waiting. */
    static void run(Workers workers, CpuTensor w, Body body) {
        run(workers, w, (int) Math.max(1, WEIGHTS_PER_BLOCK / Math.max(1, w.columns())), body);
    }

    /** Blocks of {@code rowsPerBlock} rows. */
    static void run(Workers workers, CpuTensor w, int rowsPerBlock, Body body) {
        int rows = (int) w.rows();
        workers.run(Math.ceilDiv(rows, rowsPerBlock), block -> {
            int first = block * rowsPerBlock;
            body.accept(first, Math.min(rows, first + rowsPerBlock));
        });
    }
}
