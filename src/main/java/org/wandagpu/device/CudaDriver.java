package org.wandagpu.device;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;

/** Asks the NVIDIA driver, where there is one, how many devices it has; loads nothing else of CUDA. */
final class CudaDriver {

    private static final int CUDA_ERROR_NO_DEVICE = 100;

    private CudaDriver() {
    }

    /** A sentence on what was found. */
    static String describe() {
        try (Arena arena = Arena.ofConfined()) {
            SymbolLookup driver;
            try {
                driver = SymbolLookup.libraryLookup("libcuda.so.1", arena);
            } catch (IllegalArgumentException e) {
                return "no NVIDIA driver (libcuda.so.1)";
            }
            int status = callWithInt(driver, "cuInit", 0);
            if (status != 0) {
                return status == CUDA_ERROR_NO_DEVICE
                        ? "NVIDIA driver without a device" : "NVIDIA driver that fails to start, CUDA error " + status;
            }
            MemorySegment count = arena.allocate(ValueLayout.JAVA_INT);
            status = (int) function(driver, "cuDeviceGetCount", ValueLayout.ADDRESS).invokeExact(count);
            return status == 0 ? "NVIDIA driver with " + count.get(ValueLayout.JAVA_INT, 0) + " device(s)"
                    : "NVIDIA driver, CUDA error " + status;
        } catch (Throwable e) {
            return "NVIDIA driver that cannot be called (" + e + ")";
        }
    }

    private static int callWithInt(SymbolLookup driver, String name, int argument) throws Throwable {
        return (int) function(driver, name, ValueLayout.JAVA_INT).invokeExact(argument);
    }

    private static java.lang.invoke.MethodHandle function(SymbolLookup driver, String name, ValueLayout argument) {
        return Linker.nativeLinker().downcallHandle(driver.find(name).orElseThrow(),
                FunctionDescriptor.of(ValueLayout.JAVA_INT, argument));
    }
}
