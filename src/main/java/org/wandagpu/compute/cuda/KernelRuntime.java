package org.wandagpu.compute.cuda;

import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.wandagpu.cuda.DeviceAttribute;
import org.wandagpu.cuda.DeviceBuffer;
import org.wandagpu.cuda.Driver;
import org.wandagpu.cuda.Gpu;
import org.wandagpu.cuda.Handle;
import org.wandagpu.cuda.KernelModule;
import org.wandagpu.cuda.LaunchShape;
import org.wandagpu.cuda.PinnedBuffer;
import org.wandagpu.cuda.Stream;

/**
 * The shipped kernels on a GPU: one stream of work, modules loaded when first used, and a piece of pinned memory that
 * all copies go through. Owns the GPU. Used by one thread at a time.
 */
public final class KernelRuntime implements KernelLauncher, AutoCloseable {

    private final String kind;
    private final Gpu gpu;
    private final Stream stream;
    private final Map<String, KernelModule> modules = new HashMap<>();
    private final int multiprocessors;
    private PinnedBuffer staging;

    private KernelRuntime(String kind, Gpu gpu) {
        this.kind = kind;
        this.gpu = gpu;
        this.multiprocessors = gpu.attribute(DeviceAttribute.MULTIPROCESSORS);
        this.stream = gpu.stream();
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
    public void launch(String source, String entry, LaunchShape shape, Object... arguments) {
        stream.launch(module(source), entry, shape, arguments);
    }

    /** A file of {@link ShippedKernels}, loaded. */
    public KernelModule module(String source) {
        return modules.computeIfAbsent(source, name -> gpu.load(name + ".ptx", ShippedKernels.ptx(name)));
    }

    @Override
    public void clear(long address, long bytes) {
        stream.fill(address, (byte) 0, bytes);
    }

    /** Copies {@code bytes} bytes, which {@code writer} puts into the memory that it is given, to the device. */
    public void copyIn(long address, long bytes, Consumer<MemorySegment> writer) {
        MemorySegment memory = staging(bytes);
        writer.accept(memory);
        stream.copyIn(address, memory);
    }

    /** Shows {@code bytes} bytes of the device, as the launches so far have left them, to {@code reader}. */
    public void copyOut(long address, long bytes, Consumer<MemorySegment> reader) {
        MemorySegment memory = staging(bytes);
        stream.copyOut(address, memory);
        stream.synchronize();
        reader.accept(memory);
    }

    /** Pinned memory that no copy uses any more. */
    private MemorySegment staging(long bytes) {
        stream.synchronize();
        if (staging == null || staging.memory().byteSize() < bytes) {
            releaseStaging();
            staging = gpu.allocatePinned(bytes);
        }
        return staging.memory().asSlice(0, bytes);
    }

    private void releaseStaging() {
        if (staging != null) {
            PinnedBuffer old = staging;
            staging = null;
            old.close();
        }
    }

    @Override
    public void close() {
        try (gpu; stream) {
            Handle.closeAll(modules.values());
            releaseStaging();
        }
    }
}
