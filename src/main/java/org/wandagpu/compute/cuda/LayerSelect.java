package org.wandagpu.compute.cuda;

import org.wandagpu.cuda.LaunchShape;

/**
 * {@code kernels/select_layer.cu}: the whole matrix as one comparison group. Nine launches without the host in between:
 * three digits of the key that has the rank, ties counted by row, zeroing.
 */
public final class LayerSelect {

    private static final String SOURCE = "select_layer";
    private static final int DIGITS = 3;
    private static final long COUNTS_BYTES = 8L * DIGITS * 2048;
    private static final long STATE_BYTES = 8L * 5;
    private static final int HISTOGRAM_BLOCKS = 528;
    private static final int HISTOGRAM_THREADS = 512;
    private static final LaunchShape SINGLE = LaunchShape.of(1, 1024);
    private static final int ROW_THREADS = 256;

    private final KernelLauncher launcher;

    public LayerSelect(KernelLauncher launcher) {
        this.launcher = launcher;
    }

    /** Bytes of scratch memory for a matrix of so many rows. */
    public static long scratchBytes(int rows) {
        return COUNTS_BYTES + STATE_BYTES + 4L * rows;
    }

    /**
     * Bytes that the caller puts at the beginning of the scratch memory.
     *
     * @param rank of the last weight to go by (score, row, column), from 0 to the number of weights − 1
     */
    public static long[] state(long rank) {
        return new long[] {rank, 0, 0, 0, 0};
    }

    /**
     * Zeroes the weights up to the rank in {@code scratch}.
     *
     * @param norms address of {@code [columns]} F32, from {@link InputNorms}
     * @param scratch address of {@link #scratchBytes} bytes that begin with {@link #state}
     * @param equalOnesToo whether all weights equal to the one of that rank go, as in published magnitude pruning
     */
    public void zeroUpTo(DeviceMatrix w, long norms, long scratch, boolean equalOnesToo) {
        long state = scratch;
        long counts = state + STATE_BYTES;
        long ties = counts + COUNTS_BYTES;
        launcher.clear(counts, COUNTS_BYTES);
        int upTo = equalOnesToo ? 1 : 0;
        LaunchShape histogram = LaunchShape.of(Math.min(w.rows(), HISTOGRAM_BLOCKS), HISTOGRAM_THREADS);
        for (int digit = 0; digit < DIGITS; digit++) {
            launcher.launch(SOURCE, "layer_histogram_" + w.suffix(), histogram,
                    w.address(), norms, w.rows(), w.columns(), digit, state, counts);
            launcher.launch(SOURCE, "layer_pick", SINGLE, digit, upTo, state, counts);
        }
        LaunchShape rows = LaunchShape.of(w.rows(), ROW_THREADS);
        launcher.launch(SOURCE, "layer_count_ties_" + w.suffix(), rows,
                w.address(), norms, w.rows(), w.columns(), state, ties);
        launcher.launch(SOURCE, "layer_spread_ties", SINGLE, w.rows(), state, ties);
        launcher.launch(SOURCE, "layer_zero_" + w.suffix(), rows,
                w.address(), norms, w.rows(), w.columns(), state, ties);
    }
}
