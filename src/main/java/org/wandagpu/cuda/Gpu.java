package org.wandagpu.cuda;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedSet;
import java.util.stream.Collectors;

/**
 * A device in use, and the one owner of everything native that is made on it. What is still open when it is closed is a
 * leak: it is given back, newest first, and then reported. Several threads may use it, each handle one at a time.
 */
public final class Gpu implements AutoCloseable {

    private final Driver driver;
    private final int device;
    private final long context;
    private final SequencedSet<Handle> open = new LinkedHashSet<>();
    private volatile Thread user;
    private volatile boolean closed;
    private long allocatedBytes;
    private long peakAllocatedBytes;

    /**
     * Starts to use a device.
     *
     * @throws org.wandagpu.failure.DeviceException if it cannot be used
     */
    public Gpu(Driver driver, int device) {
        this.driver = driver;
        this.device = device;
        this.context = driver.openContext(device);
        this.user = Thread.currentThread();
    }

    public String name() {
        return driver.deviceName(device);
    }

    /** Bytes of the device's memory. */
    public long memoryBytes() {
        return driver.memoryBytes(device);
    }

    public int attribute(DeviceAttribute attribute) {
        return driver.attribute(device, attribute);
    }

    /** Bytes a second of the device's memory, by its clock and width: two transfers a cycle. */
    public double memoryBandwidth() {
        return 2e3 * attribute(DeviceAttribute.MEMORY_CLOCK_KHZ) * attribute(DeviceAttribute.MEMORY_BUS_BITS) / Byte.SIZE;
    }

    /** Version of the driver's API in words. */
    public String driverVersion() {
        return version(driver.version());
    }

    static String version(int api) {
        return api / 1000 + "." + api % 1000 / 10;
    }

    /** Bytes of all {@link DeviceBuffer}s that are open now. */
    public synchronized long allocatedBytes() {
        return allocatedBytes;
    }

    /** Highest value {@link #allocatedBytes} has had. */
    public synchronized long peakAllocatedBytes() {
        return peakAllocatedBytes;
    }

    /** Device memory with undefined content. */
    public DeviceBuffer allocate(long bytes) {
        DeviceBuffer buffer = new DeviceBuffer(this, driver().allocate(bytes), bytes);
        taken(bytes);
        return buffer;
    }

    private synchronized void taken(long bytes) {
        allocatedBytes += bytes;
        peakAllocatedBytes = Math.max(peakAllocatedBytes, allocatedBytes);
    }

    synchronized void freed(long bytes) {
        allocatedBytes -= bytes;
    }

    /** Host memory for copies, with undefined content. */
    public PinnedBuffer allocatePinned(long bytes) {
        return new PinnedBuffer(this, driver().allocatePinned(bytes));
    }

    /** @param name of the text, for messages */
    public KernelModule load(String name, String ptx) {
        return new KernelModule(this, name, driver().loadModule(name, ptx));
    }

    public Stream stream() {
        return new Stream(this, driver().createStream());
    }

    public Event event() {
        return new Event(this, driver().createEvent());
    }

    /** The driver, meaning this GPU for the calling thread. */
    Driver driver() {
        if (closed) {
            throw new IllegalStateException(this + " is used after it was closed");
        }
        if (user != Thread.currentThread()) {
            driver.useContext(context);
            user = Thread.currentThread();
        }
        return driver;
    }

    synchronized void opened(Handle handle) {
        open.addLast(handle);
    }

    synchronized void closed(Handle handle) {
        open.remove(handle);
    }

    /**
     * Gives the device back.
     *
     * @throws IllegalStateException if something on it is still open, which is given back first
     */
    @Override
    public void close() {
        List<RuntimeException> failures = new ArrayList<>();
        if (!open.isEmpty()) {
            failures.add(new IllegalStateException("left open on " + this + ": "
                    + open.stream().map(Handle::toString).collect(Collectors.joining(", "))));
        }
        while (!open.isEmpty()) {
            Handle.attempt(open.getLast()::close, failures);
        }
        Handle.attempt(() -> driver().closeContext(context), failures);
        closed = true;
        Handle.throwFirst(failures);
    }

    @Override
    public String toString() {
        return "cuda:" + device;
    }
}
