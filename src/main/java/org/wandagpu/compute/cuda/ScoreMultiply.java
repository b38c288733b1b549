package org.wandagpu.compute.cuda;

import org.wandagpu.cuda.LaunchShape;

/** {@code kernels/scores.cu}: the scores of a matrix. */
final class ScoreMultiply {

    private static final String SOURCE = "scores";
    private static final int THREADS = 128;
    /** Columns of a thread of the kernel for vectors. */
    private static final int COLUMNS = 8;
    /** Rows that a block walks over. */
    private static final int BLOCK_ROWS = 4;

    private final KernelLauncher launcher;

    ScoreMultiply(KernelLauncher launcher) {
        this.launcher = launcher;
    }

    /**
     * Writes |w| · norm.
     *
     * @param norms address of {@code [columns]} F32, from {@link InputNorms}, 16-byte aligned
     * @param scores address of {@code [rows, columns]} F32, 16-byte aligned
     */
    void multiply(DeviceMatrix w, long norms, long scores) {
        boolean vectors = w.columns() % COLUMNS == 0 && w.hasVectorRows();
        int blockColumns = vectors ? THREADS * COLUMNS : THREADS;
        LaunchShape shape = new LaunchShape(Math.ceilDiv(w.columns(), blockColumns),
                Math.min(Math.ceilDiv(w.rows(), BLOCK_ROWS), LaunchShape.MOST_Y), 1, THREADS);
        launcher.launch(SOURCE, (vectors ? "scores_" : "scores_any_") + w.suffix(), shape,
                w.address(), norms, w.rows(), w.columns(), scores);
    }
}
