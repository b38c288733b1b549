package org.wandagpu.compute.cuda;

/**
 * {@code kernels/select_rows.cu}: zeroes in each row the weights with the smallest (score, column). Two launches: the
 * fast one leaves out the rows that do not fit its assumptions, the general one does those.
 */
public final class RowSelect {

    private static final String SOURCE = "select_rows";
    private static final int WARP = 32;

    /** Most vectors of a thread. */
    private static final int MOST_VECTORS = 4;

    /** Threads that a block should keep: small blocks overlap best, fewer than four warps do not. */
    private static final int FEWEST_THREADS = 128;

    /** Most vectors of a row that registers hold: 896 threads of four. */
    private static final int LONGEST_ROW = 3584;

    private static final int GENERAL_THREADS = 512;

    /** Blocks that look through the list of left-out rows: two for each SM of the largest GPU. */
    private static final int LIST_BLOCKS = 264;

    private final KernelLauncher launcher;

    public RowSelect(KernelLauncher launcher) {
        this.launcher = launcher;
    }

    /** Bytes of scratch memory for a matrix of so many rows. */
    public static long scratchBytes(int rows) {
        return 4L * (1 + rows);
    }

    /**
     * Zeroes {@code zeroedPerRow} weights of each row of {@code w}.
     *
     * @param norms address of {@code [columns]} F32, from {@link InputNorms}
     * @param scratch address of {@link #scratchBytes} bytes
     */
    public void zeroSmallest(DeviceMatrix w, long norms, int zeroedPerRow, long scratch) {
        if (zeroedPerRow == 0) {
            return;
        }
        boolean fast = w.hasVectorRows() && w.columns() <= LONGEST_ROW * w.perVector();
        if (fast) {
            launcher.clear(scratch, 4);
            int vectors = Math.clamp(w.columns() / (FEWEST_THREADS * w.perVector()), 1, MOST_VECTORS);
            int threads = WARP * Math.ceilDiv(w.columns(), WARP * vectors * w.perVector());
            launcher.launch(SOURCE, "select_rows_v" + vectors + "_" + w.suffix(), LaunchShape.of(w.rows(), threads),
                    w.address(), norms, w.rows(), w.columns(), zeroedPerRow, scratch);
        }
        int blocks = fast ? Math.min(w.rows(), LIST_BLOCKS) : w.rows();
        launcher.launch(SOURCE, "select_rows_general_" + w.suffix(), LaunchShape.of(blocks, GENERAL_THREADS),
                w.address(), norms, w.rows(), w.columns(), zeroedPerRow, fast ? scratch : 0L);
    }
}
