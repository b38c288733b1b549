package org.wandagpu.simulator;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Map;
import org.wandagpu.cuda.DeviceAttribute;
import org.wandagpu.cuda.Driver;
import org.wandagpu.cuda.FunctionAttribute;
import org.wandagpu.cuda.LaunchShape;
import org.wandagpu.failure.DeviceException;
import org.wandagpu.failure.OutOfDeviceMemoryException;

/**
 * The driver's calls on a {@link SimulatedGpu}. Work of a stream is kept back until something waits for it, so that host
 * memory that is read or changed too early holds the wrong bytes here, as it may on a GPU; and what a kernel does wrong
 * ends the wait for it. Calls of several threads run one after the other.
 */
public final class SimulatorDriver implements Driver {

    private static final int API_VERSION = 12_000;
    private static final int PAGE = 4096;
    private static final int MOST_SHARED_BYTES = 163 << 10;

    private final String name;
    private final int multiprocessors;
    private final long memoryBytes;
    private final SimulatedGpu gpu = new SimulatedGpu();
    private final Map<Long, PtxModule> modules = new HashMap<>();
    private final Map<Long, Function> functions = new HashMap<>();
    private final Map<Long, Long> allocations = new HashMap<>();
    private final Map<Long, Arena> pinned = new HashMap<>();
    private final Map<Long, WorkQueue> streams = new HashMap<>();
    private final Map<Long, WorkQueue> events = new HashMap<>();
    private long lastHandle;
    private long allocatedBytes;

    private record Function(PtxModule module, String entry) {
    }

    /** A driver with one device. */
    public SimulatorDriver(String name, int multiprocessors, long memoryBytes) {
        this.name = name;
        this.multiprocessors = multiprocessors;
        this.memoryBytes = memoryBytes;
    }

    @Override
    public synchronized int deviceCount() {
        return 1;
    }

    @Override
    public synchronized String deviceName(int device) {
        return name;
    }

    @Override
    public synchronized int attribute(int device, DeviceAttribute attribute) {
        return switch (attribute) {
            case COMPUTE_CAPABILITY_MAJOR -> 8;
            case COMPUTE_CAPABILITY_MINOR -> 0;
            case MULTIPROCESSORS -> multiprocessors;
            case MEMORY_CLOCK_KHZ, MEMORY_BUS_BITS -> 0; // it has no clock
        };
    }

    @Override
    public synchronized long memoryBytes(int device) {
        return memoryBytes;
    }

    @Override
    public synchronized int version() {
        return API_VERSION;
    }

    @Override
    public synchronized long openContext(int device) {
        return ++lastHandle;
    }

    @Override
    public synchronized void useContext(long context) {
        // one device, for all threads
    }

    @Override
    public synchronized void closeContext(long context) {
        // its memory is the heap's
    }

    @Override
    public synchronized long loadModule(String file, String ptx) {
        return keep(modules, gpu.load(file, ptx));
    }

    @Override
    public synchronized void unloadModule(long module) {
        modules.remove(module);
    }

    @Override
    public synchronized long function(long module, String entry) {
        modules.get(module).kernel(entry);
        return keep(functions, new Function(modules.get(module), entry));
    }

    @Override
    public synchronized int attribute(long function, FunctionAttribute attribute) {
        Function of = functions.get(function);
        PtxKernel kernel = of.module().kernel(of.entry());
        return switch (attribute) {
            case SHARED_BYTES -> kernel.sharedBytes();
            case LOCAL_BYTES -> kernel.localBytes();
        };
    }

    @Override
    public synchronized void allowDynamicSharedBytes(long function, int bytes) {
        if (bytes > MOST_SHARED_BYTES) {
            throw new DeviceException("%s: %d bytes of shared memory are more than a block of compute capability 8.0 has"
                    .formatted(functions.get(function).entry(), bytes));
        }
    }

    @Override
    public synchronized long allocate(long bytes) {
        if (bytes > memoryBytes - allocatedBytes) {
            throw noRoom(bytes, "%d of %d bytes are taken".formatted(allocatedBytes, memoryBytes));
        }
        long address;
        try {
            address = gpu.allocate(bytes);
        } catch (OutOfMemoryError e) {
            throw noRoom(bytes, "its memory is the Java heap");
        }
        allocations.put(address, bytes);
        allocatedBytes += bytes;
        return address;
    }

    private static OutOfDeviceMemoryException noRoom(long bytes, String why) {
        return new OutOfDeviceMemoryException("the simulated GPU has no room for %d bytes: %s; use --device cpu"
                .formatted(bytes, why));
    }

    @Override
    public synchronized void free(long address) {
        try {
            streams.values().forEach(WorkQueue::finish);
        } finally {
            gpu.free(address);
            allocatedBytes -= allocations.remove(address);
        }
    }

    @Override
    public synchronized MemorySegment allocatePinned(long bytes) {
        Arena arena = Arena.ofShared();
        MemorySegment memory = arena.allocate(bytes, PAGE);
        pinned.put(memory.address(), arena);
        return memory;
    }

    @Override
    public synchronized void freePinned(MemorySegment memory) {
        pinned.remove(memory.address()).close();
    }

    @Override
    public synchronized long createStream() {
        return keep(streams, new WorkQueue());
    }

    @Override
    public synchronized void destroyStream(long stream) {
        streams.remove(stream).finish();
    }

    /** Null: no library works with it. */
    @Override
    public synchronized long nativeStream(long stream) {
        return 0;
    }

    @Override
    public synchronized void synchronize(long stream) {
        streams.get(stream).finish();
    }

    @Override
    public synchronized void launch(long function, LaunchShape shape, long stream, Object... arguments) {
        Function kernel = functions.get(function);
        streams.get(stream).add(() -> run(kernel, shape, arguments));
    }

    private void run(Function kernel, LaunchShape shape, Object... arguments) {
        LaunchReport report = gpu.launch(kernel.module(), kernel.entry(), shape.x(), shape.y(), shape.z(),
                shape.threads(), 1, 1, shape.dynamicSharedBytes(), arguments);
        if (!report.violations().isEmpty()) {
            throw new DeviceException("the simulator reports " + report.violations().getFirst()
                    + ": a bug of the kernel, please report it");
        }
    }

    @Override
    public synchronized void copyIn(long address, MemorySegment source, long stream) {
        streams.get(stream).add(() -> gpu.copyIn(address, source));
    }

    @Override
    public synchronized void copyOut(long address, MemorySegment target, long stream) {
        streams.get(stream).add(() -> gpu.copyOut(address, target));
    }

    @Override
    public synchronized void copy(long source, long target, long bytes, long stream) {
        streams.get(stream).add(() -> gpu.copy(source, target, bytes));
    }

    @Override
    public synchronized void fill(long address, byte value, long bytes, long stream) {
        streams.get(stream).add(() -> gpu.fill(address, value, bytes));
    }

    @Override
    public synchronized long createEvent() {
        return keep(events, new WorkQueue());
    }

    @Override
    public synchronized void destroyEvent(long event) {
        events.remove(event);
    }

    @Override
    public synchronized void record(long event, long stream) {
        events.put(event, streams.get(stream));
    }

    /** Zero: what the simulator takes says nothing of a GPU. */
    @Override
    public synchronized float milliseconds(long first, long second) {
        events.get(second).finish();
        return 0;
    }

    private <T> long keep(Map<Long, T> handles, T handle) {
        handles.put(++lastHandle, handle);
        return lastHandle;
    }
}
