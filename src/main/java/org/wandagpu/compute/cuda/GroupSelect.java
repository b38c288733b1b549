package org.wandagpu.compute.cuda;

import org.wandagpu.cuda.LaunchShape;
import org.wandagpu.tensor.NmPattern;

/** {@code kernels/select_groups.cu}: N:M selection in place. */
public final class GroupSelect {

    private static final String SOURCE = "select_groups";

    /** Columns of a block of the kernels for 2:4 and 4:8, eight a thread. */
    private static final int BLOCK_COLUMNS = 1024;
    private static final int THREAD_COLUMNS = 8;

    /** Rows that a block of those kernels walks over. */
    private static final int BLOCK_ROWS = 4;

    private static final int WARP = 32;
    private static final int ANY_WARPS = 8;

    private final KernelLauncher launcher;

    public GroupSelect(KernelLauncher launcher) {
        this.launcher = launcher;
    }

    /** Widest group that there is a kernel for. */
    public static int widestGroup() {
        return WARP;
    }

    /**
     * Zeroes in each group of M neighbouring weights the M − N smallest by (score, column).
     *
     * @param norms address of {@code [columns]} F32, from {@link InputNorms}, 16-byte aligned
     */
    public void zeroSmallest(DeviceMatrix w, long norms, NmPattern pattern) {
        int m = pattern.groupSize();
        boolean common = pattern.keptPerGroup() * 2 == m && (m == 4 || m == 8);
        if (common && w.columns() % THREAD_COLUMNS == 0 && w.hasVectorRows()) {
            LaunchShape shape = new LaunchShape(Math.ceilDiv(w.columns(), BLOCK_COLUMNS),
                    Math.min(Math.ceilDiv(w.rows(), BLOCK_ROWS), LaunchShape.MOST_Y), 1, BLOCK_COLUMNS / THREAD_COLUMNS);
            launcher.launch(SOURCE, "select_groups_" + pattern.keptPerGroup() + "_" + m + "_" + w.suffix(), shape,
                    w.address(), norms, w.rows(), w.columns());
            return;
        }
        int groups = Math.ceilDiv(w.columns(), m);
        LaunchShape shape = new LaunchShape(Math.ceilDiv(groups, ANY_WARPS * (WARP / m)),
                Math.min(w.rows(), LaunchShape.MOST_Y), 1, WARP * ANY_WARPS);
        launcher.launch(SOURCE, "select_groups_any_" + w.suffix(), shape,
                w.address(), norms, w.rows(), w.columns(), m, pattern.zeroedPerGroup());
    }
}
