package org.wandagpu.compute.cuda;

import org.wandagpu.cuda.LaunchShape;

/** {@code kernels/column_squares.cu}: folds sequences into the running statistic, two launches. */
public final class ColumnSquaresFold {

    private static final String SOURCE = "column_squares";
    private static final int WARP = 32;
    private static final int THREADS = 256;

    /** Tokens of a slice, whose sum is a row of the partial sums. */
    private static final int SLICE = 64;

    private final KernelLauncher launcher;

    public ColumnSquaresFold(KernelLauncher launcher) {
        this.launcher = launcher;
    }

    /** Bytes of scratch memory for the partial sums. */
    public static long scratchBytes(int sequences, int seqlen, int columns) {
        return 4L * sequences * Math.ceilDiv(seqlen, SLICE) * columns;
    }

    /**
     * Folds the sequences of {@code x}, of {@code seqlen} rows each.
     *
     * @param sequencesBefore sequences that {@code s} holds already
     * @param s address of {@code [columns]} F32, updated in place
     * @param scratch address of {@link #scratchBytes} bytes
     */
    public void fold(DeviceMatrix x, int seqlen, int sequencesBefore, long s, long scratch) {
        int sequences = x.rows() / seqlen;
        int slices = Math.ceilDiv(seqlen, SLICE);
        int columns = x.columns();
        boolean vectors = x.hasVectorRows();
        LaunchShape partial = new LaunchShape(Math.ceilDiv(columns, WARP * (vectors ? x.perVector() : 1)), slices,
                sequences, THREADS);
        launcher.launch(SOURCE, "column_squares_partial_" + (vectors ? "" : "any_") + x.suffix(), partial,
                x.address(), scratch, seqlen, columns);
        launcher.launch(SOURCE, "column_squares_fold", LaunchShape.of(Math.ceilDiv(columns, WARP), THREADS),
                scratch, s, sequences, slices, columns, sequencesBefore);
    }
}
