package org.wandagpu.compute.cuda;

import org.wandagpu.cuda.LaunchShape;

/** {@code kernels/share_search.cu}: the parts of the variant's selection; the host searches alpha between them. */
public final class ShareSelect {

    private static final String SOURCE = "share_search";
    private static final int SORT_THREADS = 512;
    private static final int WARPS_OF_SUMS = 8;
    private static final int WARP = 32;
    private static final int COUNT_THREADS = 128;
    private static final int ZERO_THREADS = 256;

    private final KernelLauncher launcher;
    private final DeviceMatrix w;
    private final long norms;
    private final long keys;
    private final long sums;

    /**
     * @param norms address of {@code [columns]} F32, from {@link InputNorms}
     * @param keys address of {@link #scratchBytes} bytes
     * @param sums address of as many
     */
    public ShareSelect(KernelLauncher launcher, DeviceMatrix w, long norms, long keys, long sums) {
        this.launcher = launcher;
        this.w = w;
        this.norms = norms;
        this.keys = keys;
        this.sums = sums;
    }

    /** Bytes of each of the two scratch memories. */
    public static long scratchBytes(DeviceMatrix w) {
        return 4L * w.rows() * w.columns();
    }

    /** Sorts the scores of each row and adds them up. */
    public void sort() {
        launcher.launch(SOURCE, "share_sort_" + w.suffix(), LaunchShape.of(w.rows(), SORT_THREADS),
                w.address(), norms, w.rows(), w.columns(), keys);
        launcher.launch(SOURCE, "share_sums", LaunchShape.of(Math.ceilDiv(w.rows(), WARPS_OF_SUMS), WARPS_OF_SUMS * WARP),
                keys, w.rows(), w.columns(), sums);
    }

    /**
     * Counts the weights that {@code alpha} would make go.
     *
     * @param count address of one 64-bit number, overwritten
     */
    public void count(float alpha, long count) {
        launcher.clear(count, 8);
        launcher.launch(SOURCE, "share_count", LaunchShape.of(Math.ceilDiv(w.rows(), COUNT_THREADS), COUNT_THREADS),
                keys, sums, w.rows(), w.columns(), alpha, count);
    }

    /** Zeroes them. */
    public void zero(float alpha) {
        launcher.launch(SOURCE, "share_zero_" + w.suffix(), LaunchShape.of(w.rows(), ZERO_THREADS),
                w.address(), norms, w.rows(), w.columns(), keys, sums, alpha);
    }
}
