package org.wandagpu.cuda;

import java.lang.foreign.MemorySegment;

/**
 * The calls of the CUDA driver that this program makes, one method a call, with the driver's handles as numbers. A call
 * that fails throws {@link org.wandagpu.failure.DeviceException}, and {@link
 * org.wandagpu.failure.OutOfDeviceMemoryException} where memory is what is missing.
 *
 * <p>Whoever makes a handle must give it back: {@link Gpu} sees to that. Calls that name a stream return before the
 * work is done; host memory that they name must stay as it is until the stream has been waited for.
 *
 * <p>Source: CUDA driver API 12.0; the call behind each method is named in {@code cuda.jcuda.JCudaCalls}.
 */
public interface Driver {

    /** Devices that the driver shows. */
    int deviceCount();

    String deviceName(int device);

    int attribute(int device, DeviceAttribute attribute);

    /** Bytes of a device's memory. */
    long memoryBytes(int device);

    /** Version of the driver's API, 12040 for 12.4. */
    int version();

    /** Starts to use a device, from the thread that calls. */
    long openContext(int device);

    /** Makes a context the one that the calling thread's calls mean. */
    void useContext(long context);

    void closeContext(long context);

    /**
     * Compiles PTX for the device.
     *
     * @param name of the text, for messages
     * @throws org.wandagpu.failure.DeviceException with the compiler's first complaint, if it is refused
     */
    long loadModule(String name, String ptx);

    void unloadModule(long module);

    /** A kernel of a module, which lives as long as the module. */
    long function(long module, String entry);

    int attribute(long function, FunctionAttribute attribute);

    /** Lets a kernel be launched with more dynamic shared memory than the 48 KiB that need no leave. */
    void allowDynamicSharedBytes(long function, int bytes);

    /** Device memory, aligned to 256 bytes, with undefined content. */
    long allocate(long bytes);

    /** Waits for all work of the device first. */
    void free(long address);

    /** Host memory that the device reads and writes by itself, with undefined content. */
    MemorySegment allocatePinned(long bytes);

    void freePinned(MemorySegment memory);

    long createStream();

    void destroyStream(long stream);

    /** The stream as CUDA's libraries know it. */
    long nativeStream(long stream);

    /** Waits for all work of a stream. */
    void synchronize(long stream);

    /**
     * Launches a kernel.
     *
     * @param arguments in the kernel's order: Long for addresses and 64-bit numbers, Integer, Float
     */
    void launch(long function, LaunchShape shape, long stream, Object... arguments);

    /** @param source pinned memory, copied whole */
    void copyIn(long address, MemorySegment source, long stream);

    /** @param target pinned memory, filled whole */
    void copyOut(long address, MemorySegment target, long stream);

    /** Copies inside the device; the two stretches do not overlap. */
    void copy(long source, long target, long bytes, long stream);

    void fill(long address, byte value, long bytes, long stream);

    long createEvent();

    void destroyEvent(long event);

    /** Marks the place in a stream that an event stands for. */
    void record(long event, long stream);

    /** Milliseconds between two recorded events, once the second has passed. */
    float milliseconds(long first, long second);
}
