package org.wandagpu.compute.cuda;

import java.util.Locale;
import org.wandagpu.compute.Activation;
import org.wandagpu.cuda.LaunchShape;

/** {@code kernels/pointwise.cu}, {@code convert.cu} and {@code all_finite.cu}: each element on its own. */
public final class Pointwise {

    private static final int THREADS = 256;
    /** Elements of a thread's widest load. */
    private static final int VECTOR = 8;
    /** Enough to have a multiprocessor full. */
    private static final int BLOCKS_OF_A_MULTIPROCESSOR = 8;

    private final KernelLauncher launcher;

    public Pointwise(KernelLauncher launcher) {
        this.launcher = launcher;
    }

    /** {@code x = f(x)}. */
    public void activate(Activation f, DeviceMatrix x) {
        inPlace(name(f), x, 0L);
    }

    /** {@code gate = f(gate) · up}. */
    public void activateGated(Activation f, DeviceMatrix gate, DeviceMatrix up) {
        inPlace(name(f) + "_gated", gate, up.address());
    }

    /** {@code y += x}. */
    public void add(DeviceMatrix x, DeviceMatrix y) {
        inPlace("add", y, x.address());
    }

    private static String name(Activation f) {
        return f.name().toLowerCase(Locale.ROOT);
    }

    private void inPlace(String operation, DeviceMatrix x, long up) {
        launcher.launch("pointwise", operation + "_" + x.suffix(), shape(count(x) / VECTOR), x.address(), up, count(x));
    }

    /** {@code target} gets {@code source}'s numbers in its own type. */
    public void convert(DeviceMatrix source, DeviceMatrix target) {
        launcher.launch("convert", "convert_" + source.suffix() + "_" + target.suffix(), shape(count(source)),
                source.address(), target.address(), count(source));
    }

    /**
     * Looks for numbers that are not finite.
     *
     * @param found address of an int, which becomes 1 if there is one, else stays as it is
     */
    public void checkFinite(DeviceMatrix x, long found) {
        launcher.launch("all_finite", "all_finite_" + x.suffix(), shape(count(x)), x.address(), count(x), found);
    }

    private static long count(DeviceMatrix x) {
        return (long) x.rows() * x.columns();
    }

    private LaunchShape shape(long items) {
        long blocks = Math.clamp(Math.ceilDiv(items, (long) THREADS), 1L,
                (long) BLOCKS_OF_A_MULTIPROCESSOR * launcher.multiprocessors());
        return LaunchShape.of((int) blocks, THREADS);
    }
}
