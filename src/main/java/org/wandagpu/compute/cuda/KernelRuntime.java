package org.wandagpu.compute.cuda;

import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Map;
import org.wandagpu.cuda.DeviceAttribute;
import org.wandagpu.cuda.DeviceBuffer;
import org.wandagpu.cuda.Driver;
import org.wandagpu.cuda.Gpu;
import org.wandagpu.cuda.Handle;
import org.wandagpu.cuda.KernelModule;
import org.wandagpu.cuda.LaunchShape;
import org.wandagpu.cuda.Stream;

/**
 * The shipped kernels on a GPU: one stream of work, modules loaded when first used, and a piece of pinned memory that
 * all copies go through. Owns the GPU. Calls of several threads run one after the other.
 */
public final class KernelRuntime implements KernelLauncher, AutoCloseable {

    private final String kind;
    private final Gpu gpu;
    private final Stream stream;
    private final Map<String, KernelModule> modules = new HashMap<>();
    private final int multiprocessors;
    private final HostCopies copies;

    private KernelRuntime(String kind, Gpu gpu) {
        this.kind = kind;
        this.gpu = gpu;
        this.multiprocessors = gpu.attribute(DeviceAttribute.MULTIPROCESSORS);
        this.stream = gpu.stream();
        this.copies = new HostCopies(gpu, stream);
    }

    /**
     * Starts to use a device.
     *
     * @param kind of device, as on the command line
     * @param ordinal of the driver's device
     * @throws org.wandagpu.failure.DeviceException if it cannot be used; then nothing stays open
     */
    public static KernelRuntime open(String kind, Driver driver, int ordinal) {
        Gpu gpu = new Gpu(driver, ordinal);
        try {
            return new KernelRuntime(kind, gpu);
        } catch (RuntimeException e) {
            try (gpu) {
                throw e;
            }
        }
    }

    public String kind() {
        return kind;
    }

    public Gpu gpu() {
        return gpu;
    }

    /** The work of all launches and copies. */
    public Stream stream() {
        return stream;
    }

    @Override
    public int multiprocessors() {
        return multiprocessors;
    }

    /** Memory with undefined content. */
    public DeviceBuffer allocate(long bytes) {
        return gpu.allocate(bytes);
    }

    @Override
    public synchronized void launch(String source, String entry, LaunchShape shape, Object... arguments) {
        stream.launch(module(source), entry, shape, arguments);
    }

    /** A file of {@link ShippedKernels}, loaded. */
    public synchronized KernelModule module(String source) {
        return modules.computeIfAbsent(source, name -> gpu.load(name + ".ptx", ShippedKernels.ptx(name)));
    }

    @Override
    public synchronized void clear(long address, long bytes) {
        stream.fill(address, (byte) 0, bytes);
    }

    /** Copies inside the device, in order with the launches. */
    synchronized void copy(long source, long target, long bytes) {
        stream.copy(source, target, bytes);
    }

    /** Copies all of {@code source} to the device, in order with the launches. */
    public synchronized void copyIn(long address, MemorySegment source) {
        copies.in(address, source);
    }

    /** Fills {@code target} from the device, as the launches so far have left it. */
    public synchronized void copyOut(long address, MemorySegment target) {
        copies.out(address, target);
    }

    /** Waits for all launches and copies so far. */
    void synchronize() {
        stream.synchronize();
    }

    @Override
    public void close() {
        try (gpu; stream) {
            Handle.closeAll(modules.values());
            copies.close();
        }
    }
}
