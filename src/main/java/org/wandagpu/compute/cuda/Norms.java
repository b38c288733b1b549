package org.wandagpu.compute.cuda;

import org.wandagpu.cuda.LaunchShape;
import org.wandagpu.failure.DeviceException;

/** {@code kernels/norms.cu}: the norms of whole rows. */
public final class Norms {

    private static final String SOURCE = "norms";
    private static final int THREADS = 256;
    private static final int BLOCKS_OF_A_MULTIPROCESSOR = 8;
    /** A row stands in shared memory as F32. */
    private static final int MOST_COLUMNS = 24_576;

    private final KernelLauncher launcher;

    public Norms(KernelLauncher launcher) {
        this.launcher = launcher;
    }

    /**
     * {@code out = x / √(mean(x²) + epsilon) · gain} for each row; {@code out} may be {@code x}.
     *
     * @param gain address of {@code [columns]} F32
     */
    public void rms(DeviceMatrix x, long gain, float epsilon, DeviceMatrix out) {
        launcher.launch(SOURCE, "rms_norm_" + x.suffix(), shape(x), x.address(), gain, epsilon, x.rows(), x.columns(),
                out.address());
    }

    /**
     * {@code out = (x − mean) / √(variance + epsilon) · gain + bias} for each row; {@code out} may be {@code x}.
     *
     * @param gain address of {@code [columns]} F32
     * @param bias address of {@code [columns]} F32
     */
    public void layer(DeviceMatrix x, long gain, long bias, float epsilon, DeviceMatrix out) {
        launcher.launch(SOURCE, "layer_norm_" + x.suffix(), shape(x), x.address(), gain, bias, epsilon, x.rows(),
                x.columns(), out.address());
    }

    private LaunchShape shape(DeviceMatrix x) {
        if (x.columns() > MOST_COLUMNS) {
            throw new DeviceException("a norm over " + x.columns() + " features: the device's kernel takes at most "
                    + MOST_COLUMNS + "; use --device cpu");
        }
        return new LaunchShape(Math.min(x.rows(), BLOCKS_OF_A_MULTIPROCESSOR * launcher.multiprocessors()), 1, 1, THREADS, Float.BYTES * x.columns());
    }
}
