package org.wandagpu.cuda.jcuda;

import static jcuda.driver.JCudaDriver.cuCtxSetCurrent;
import static jcuda.driver.JCudaDriver.cuDeviceGet;
import static jcuda.driver.JCudaDriver.cuDeviceGetAttribute;
import static jcuda.driver.JCudaDriver.cuDeviceGetCount;
import static jcuda.driver.JCudaDriver.cuDeviceGetName;
import static jcuda.driver.JCudaDriver.cuDevicePrimaryCtxRelease;
import static jcuda.driver.JCudaDriver.cuDevicePrimaryCtxRetain;
import static jcuda.driver.JCudaDriver.cuDeviceTotalMem;
import static jcuda.driver.JCudaDriver.cuDriverGetVersion;
import static jcuda.driver.JCudaDriver.cuEventCreate;
import static jcuda.driver.JCudaDriver.cuEventDestroy;
import static jcuda.driver.JCudaDriver.cuEventElapsedTime;
import static jcuda.driver.JCudaDriver.cuEventRecord;
import static jcuda.driver.JCudaDriver.cuEventSynchronize;
import static jcuda.driver.JCudaDriver.cuFuncGetAttribute;
import static jcuda.driver.JCudaDriver.cuFuncSetAttribute;
import static jcuda.driver.JCudaDriver.cuInit;
import static jcuda.driver.JCudaDriver.cuLaunchKernel;
import static jcuda.driver.JCudaDriver.cuMemAlloc;
import static jcuda.driver.JCudaDriver.cuMemAllocHost;
import static jcuda.driver.JCudaDriver.cuMemFree;
import static jcuda.driver.JCudaDriver.cuMemFreeHost;
import static jcuda.driver.JCudaDriver.cuMemcpyDtoDAsync;
import static jcuda.driver.JCudaDriver.cuMemcpyDtoHAsync;
import static jcuda.driver.JCudaDriver.cuMemcpyHtoDAsync;
import static jcuda.driver.JCudaDriver.cuMemsetD8Async;
import static jcuda.driver.JCudaDriver.cuModuleGetFunction;
import static jcuda.driver.JCudaDriver.cuModuleLoadDataJIT;
import static jcuda.driver.JCudaDriver.cuModuleUnload;
import static jcuda.driver.JCudaDriver.cuStreamCreate;
import static jcuda.driver.JCudaDriver.cuStreamDestroy;
import static jcuda.driver.JCudaDriver.cuStreamSynchronize;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import jcuda.NativePointerObject;
import jcuda.Pointer;
import jcuda.driver.CUcontext;
import jcuda.driver.CUdevice;
import jcuda.driver.CUdevice_attribute;
import jcuda.driver.CUevent;
import jcuda.driver.CUevent_flags;
import jcuda.driver.CUfunction;
import jcuda.driver.CUfunction_attribute;
import jcuda.driver.CUjit_option;
import jcuda.driver.CUmodule;
import jcuda.driver.CUresult;
import jcuda.driver.CUstream;
import jcuda.driver.CUstream_flags;
import jcuda.driver.JCudaDriver;
import jcuda.driver.JITOptions;
import org.wandagpu.cuda.DeviceAttribute;
import org.wandagpu.cuda.Driver;
import org.wandagpu.cuda.FunctionAttribute;
import org.wandagpu.cuda.LaunchShape;
import org.wandagpu.failure.DeviceException;
import org.wandagpu.failure.OutOfDeviceMemoryException;

/**
 * The NVIDIA driver's calls. A context is the device's primary one, so that CUDA's libraries work in the same. JCuda's
 * handle objects are kept by number.
 */
public final class JCudaCalls implements Driver {

    private static final int LOG_BYTES = 8192;
    private static final int NAME_BYTES = 256;
    /** Streams and events do not wait for those of others. */
    private static final int NON_BLOCKING = CUstream_flags.CU_STREAM_NON_BLOCKING;

    private final Map<Long, NativePointerObject> handles = new ConcurrentHashMap<>();
    private final Map<Long, CUdevice> contextDevices = new HashMap<>();
    private long lastHandle;

    /**
     * Loads JCuda and starts the driver.
     *
     * @throws DeviceException if either fails
     */
    public JCudaCalls() {
        try {
            NativeLibraries.unpackPrivately(() -> JCudaDriver.setExceptionsEnabled(false));
        } catch (LinkageError e) {
            throw new DeviceException("JCuda cannot be loaded (" + e.getMessage().lines().findFirst().orElse("")
                    + "); use --device cpu", e);
        }
        check("cuInit", cuInit(0));
    }

    @Override
    public int deviceCount() {
        int[] count = new int[1];
        check("cuDeviceGetCount", cuDeviceGetCount(count));
        return count[0];
    }

    @Override
    public String deviceName(int device) {
        byte[] name = new byte[NAME_BYTES];
        check("cuDeviceGetName", cuDeviceGetName(name, name.length, device(device)));
        return text(name);
    }

    @Override
    public int attribute(int device, DeviceAttribute attribute) {
        int[] value = new int[1];
        check("cuDeviceGetAttribute", cuDeviceGetAttribute(value, switch (attribute) {
            case COMPUTE_CAPABILITY_MAJOR -> CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR;
            case COMPUTE_CAPABILITY_MINOR -> CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR;
            case MEMORY_CLOCK_KHZ -> CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MEMORY_CLOCK_RATE;
            case MEMORY_BUS_BITS -> CUdevice_attribute.CU_DEVICE_ATTRIBUTE_GLOBAL_MEMORY_BUS_WIDTH;
            case MULTIPROCESSORS -> CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT;
        }, device(device)));
        return value[0];
    }

    @Override
    public long memoryBytes(int device) {
        long[] bytes = new long[1];
        check("cuDeviceTotalMem", cuDeviceTotalMem(bytes, device(device)));
        return bytes[0];
    }

    @Override
    public int version() {
        int[] version = new int[1];
        check("cuDriverGetVersion", cuDriverGetVersion(version));
        return version[0];
    }

    private static CUdevice device(int ordinal) {
        CUdevice device = new CUdevice();
        check("cuDeviceGet", cuDeviceGet(device, ordinal));
        return device;
    }

    // ---- contexts and modules -----------------------------------------------------------------------------------

    @Override
    public long openContext(int device) {
        CUdevice ordinal = device(device);
        CUcontext context = new CUcontext();
        check("cuDevicePrimaryCtxRetain", cuDevicePrimaryCtxRetain(context, ordinal));
        long handle = keep(context);
        contextDevices.put(handle, ordinal);
        try {
            useContext(handle);
        } catch (DeviceException e) {
            closeContext(handle);
            throw e;
        }
        return handle;
    }

    @Override
    public void useContext(long context) {
        check("cuCtxSetCurrent", cuCtxSetCurrent((CUcontext) handles.get(context)));
    }

    @Override
    public void closeContext(long context) {
        handles.remove(context);
        check("cuDevicePrimaryCtxRelease", cuDevicePrimaryCtxRelease(contextDevices.remove(context)));
    }

    @Override
    public long loadModule(String name, String ptx) {
        CUmodule module = new CUmodule();
        JITOptions options = new JITOptions();
        byte[] log = new byte[LOG_BYTES];
        options.putBytes(CUjit_option.CU_JIT_ERROR_LOG_BUFFER, log);
        options.putInt(CUjit_option.CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES, log.length);
        byte[] terminated = (ptx + '\0').getBytes(StandardCharsets.US_ASCII);
        check(() -> "cuModuleLoadDataEx of " + name + complaint(options),
                cuModuleLoadDataJIT(module, Pointer.to(terminated), options));
        return keep(module);
    }

    private static String complaint(JITOptions options) {
        return options.getString(CUjit_option.CU_JIT_ERROR_LOG_BUFFER).lines().map(String::strip)
                .filter(line -> !line.isEmpty()).findFirst().map(line -> " (" + line + ")").orElse("");
    }

    @Override
    public void unloadModule(long module) {
        check("cuModuleUnload", cuModuleUnload((CUmodule) handles.remove(module)));
    }

    @Override
    public long function(long module, String entry) {
        CUfunction function = new CUfunction();
        check(() -> "cuModuleGetFunction of " + entry,
                cuModuleGetFunction(function, (CUmodule) handles.get(module), entry));
        return keep(function);
    }

    @Override
    public int attribute(long function, FunctionAttribute attribute) {
        int[] value = new int[1];
        check("cuFuncGetAttribute", cuFuncGetAttribute(value, switch (attribute) {
            case SHARED_BYTES -> CUfunction_attribute.CU_FUNC_ATTRIBUTE_SHARED_SIZE_BYTES;
            case LOCAL_BYTES -> CUfunction_attribute.CU_FUNC_ATTRIBUTE_LOCAL_SIZE_BYTES;
        }, (CUfunction) handles.get(function)));
        return value[0];
    }

    @Override
    public void allowDynamicSharedBytes(long function, int bytes) {
        check("cuFuncSetAttribute", cuFuncSetAttribute((CUfunction) handles.get(function),
                CUfunction_attribute.CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES, bytes));
    }

    // ---- memory -------------------------------------------------------------------------------------------------

    @Override
    public long allocate(long bytes) {
        Pointers.DevicePointer pointer = new Pointers.DevicePointer();
        check(() -> "cuMemAlloc of " + bytes + " bytes", cuMemAlloc(pointer, bytes));
        return pointer.address();
    }

    @Override
    public void free(long address) {
        check("cuMemFree", cuMemFree(Pointers.device(address)));
    }

    @Override
    public MemorySegment allocatePinned(long bytes) {
        Pointers.HostPointer pointer = new Pointers.HostPointer();
        check(() -> "cuMemAllocHost of " + bytes + " bytes", cuMemAllocHost(pointer, bytes));
        return MemorySegment.ofAddress(pointer.address()).reinterpret(bytes);
    }

    @Override
    public void freePinned(MemorySegment memory) {
        check("cuMemFreeHost", cuMemFreeHost(new Pointers.HostPointer(memory)));
    }

    // ---- work ---------------------------------------------------------------------------------------------------

    @Override
    public long createStream() {
        CUstream stream = new Pointers.NativeStream();
        check("cuStreamCreate", cuStreamCreate(stream, NON_BLOCKING));
        return keep(stream);
    }

    @Override
    public void destroyStream(long stream) {
        check("cuStreamDestroy", cuStreamDestroy((CUstream) handles.remove(stream)));
    }

    @Override
    public long nativeStream(long stream) {
        return ((Pointers.NativeStream) stream(stream)).address();
    }

    @Override
    public void synchronize(long stream) {
        check("cuStreamSynchronize", cuStreamSynchronize(stream(stream)));
    }

    @Override
    public void launch(long function, LaunchShape shape, long stream, Object... arguments) {
        check("cuLaunchKernel", cuLaunchKernel((CUfunction) handles.get(function), shape.x(), shape.y(), shape.z(),
                shape.threads(), 1, 1, shape.dynamicSharedBytes(), stream(stream), Pointers.arguments(arguments), null));
    }

    @Override
    public void copyIn(long address, MemorySegment source, long stream) {
        check("cuMemcpyHtoDAsync", cuMemcpyHtoDAsync(Pointers.device(address), new Pointers.HostPointer(source),
                source.byteSize(), stream(stream)));
    }

    @Override
    public void copyOut(long address, MemorySegment target, long stream) {
        check("cuMemcpyDtoHAsync", cuMemcpyDtoHAsync(new Pointers.HostPointer(target), Pointers.device(address),
                target.byteSize(), stream(stream)));
    }

    @Override
    public void copy(long source, long target, long bytes, long stream) {
        check("cuMemcpyDtoDAsync", cuMemcpyDtoDAsync(Pointers.device(target), Pointers.device(source), bytes,
                stream(stream)));
    }

    @Override
    public void fill(long address, byte value, long bytes, long stream) {
        check("cuMemsetD8Async", cuMemsetD8Async(Pointers.device(address), value, bytes, stream(stream)));
    }

    private CUstream stream(long handle) {
        return (CUstream) handles.get(handle);
    }

    @Override
    public long createEvent() {
        CUevent event = new CUevent();
        check("cuEventCreate", cuEventCreate(event, CUevent_flags.CU_EVENT_DEFAULT));
        return keep(event);
    }

    @Override
    public void destroyEvent(long event) {
        check("cuEventDestroy", cuEventDestroy((CUevent) handles.remove(event)));
    }

    @Override
    public void record(long event, long stream) {
        check("cuEventRecord", cuEventRecord((CUevent) handles.get(event), stream(stream)));
    }

    @Override
    public float milliseconds(long first, long second) {
        CUevent end = (CUevent) handles.get(second);
        check("cuEventSynchronize", cuEventSynchronize(end));
        float[] elapsed = new float[1];
        check("cuEventElapsedTime", cuEventElapsedTime(elapsed, (CUevent) handles.get(first), end));
        return elapsed[0];
    }

    // ---- helpers ------------------------------------------------------------------------------------------------

    private synchronized long keep(NativePointerObject handle) {
        handles.put(++lastHandle, handle);
        return lastHandle;
    }

    private static String text(byte[] terminated) {
        int length = 0;
        while (length < terminated.length && terminated[length] != 0) {
            length++;
        }
        return new String(terminated, 0, length, StandardCharsets.US_ASCII);
    }

    private static void check(String call, int status) {
        check(() -> call, status);
    }

    private static void check(Supplier<String> call, int status) {
        if (status == CUresult.CUDA_SUCCESS) {
            return;
        }
        String failed = "%s failed with %s".formatted(call.get(), CUresult.stringFor(status));
        if (status == CUresult.CUDA_ERROR_OUT_OF_MEMORY) {
            throw new OutOfDeviceMemoryException(failed + ": free the device's memory, or use --device cpu");
        }
        throw new DeviceException(failed + ": wanda-gpu selftest checks the device; or use --device cpu");
    }
}
