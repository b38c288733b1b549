package org.wandagpu.compute.cuda;

import org.wandagpu.cuda.LaunchShape;

/**
 * {@code kernels/select_rows.cu}: zeroes in each row the weights with the smallest (score, column). One launch: of the
 * fast kernel, whose blocks walk over the rows, or of the general one where rows are odd or too long for registers.
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

    /** Warps of the fast kernel that a multiprocessor holds at once, by its registers. */
    private static final int RESIDENT_WARPS = 28;

    private static final int GENERAL_THREADS = 512;

    /** In place of a list of rows left over: the fast kernel does those itself, the general one all rows. */
    private static final long NO_LIST = 0;

    private final KernelLauncher launcher;

    public RowSelect(KernelLauncher launcher) {
        this.launcher = launcher;
    }

    /**
     * Zeroes {@code zeroedPerRow} weights of each row of {@code w}.
     *
     * @param norms address of {@code [columns]} F32, from {@link InputNorms}, 16-byte aligned
     */
    public void zeroSmallest(DeviceMatrix w, long norms, int zeroedPerRow) {
        if (zeroedPerRow == 0) {
            return;
        }
        if (!w.hasVectorRows() || w.columns() > LONGEST_ROW * w.perVector()) {
            launcher.launch(SOURCE, "select_rows_general_" + w.suffix(), LaunchShape.of(w.rows(), GENERAL_THREADS),
                    w.address(), norms, w.rows(), w.columns(), zeroedPerRow, NO_LIST);
            return;
        }
        int vectors = Math.clamp(w.columns() / (FEWEST_THREADS * w.perVector()), 1, MOST_VECTORS);
        int warps = Math.ceilDiv(w.columns(), WARP * vectors * w.perVector());
        int resident = launcher.multiprocessors() * Math.max(1, RESIDENT_WARPS / warps);
        launcher.launch(SOURCE, "select_rows_v" + vectors + "_" + w.suffix(),
                LaunchShape.of(Math.min(w.rows(), resident), WARP * warps),
                w.address(), norms, w.rows(), w.columns(), zeroedPerRow, NO_LIST);
    }
}
