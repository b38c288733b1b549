package org.wandagpu.cuda;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/** {@code libcuda.so.1}, called directly: JCuda's classes cannot even be loaded where it is missing. */
final class NativeDriverLibrary implements DriverLibrary {

    static final String FILE = "libcuda.so.1";
    private static final int CAPABILITY_MAJOR = 75;
    private static final int CAPABILITY_MINOR = 76;
    private static final int NAME_BYTES = 256;

    private final Arena arena = Arena.ofConfined();
    private final SymbolLookup symbols;

    /** @throws Missing if there is no such library */
    NativeDriverLibrary(String file) {
        try {
            symbols = SymbolLookup.libraryLookup(file, arena);
        } catch (IllegalArgumentException e) {
            arena.close();
            throw new Missing("no NVIDIA driver (" + FILE + ")", e);
        }
    }

    @Override
    public int start() {
        return call("cuInit", 0);
    }

    @Override
    public int version() {
        return number("cuDriverGetVersion");
    }

    @Override
    public int deviceCount() {
        return number("cuDeviceGetCount");
    }

    @Override
    public String name(int device) {
        MemorySegment name = arena.allocate(NAME_BYTES);
        check("cuDeviceGetName", call("cuDeviceGetName", name, NAME_BYTES, handle(device)));
        return name.getString(0);
    }

    @Override
    public int capabilityMajor(int device) {
        return number("cuDeviceGetAttribute", CAPABILITY_MAJOR, handle(device));
    }

    @Override
    public int capabilityMinor(int device) {
        return number("cuDeviceGetAttribute", CAPABILITY_MINOR, handle(device));
    }

    @Override
    public long memoryBytes(int device) {
        MemorySegment bytes = arena.allocate(ValueLayout.JAVA_LONG);
        check("cuDeviceTotalMem", call("cuDeviceTotalMem_v2", bytes, handle(device)));
        return bytes.get(ValueLayout.JAVA_LONG, 0);
    }

    private int handle(int device) {
        return number("cuDeviceGet", device);
    }

    /** Calls what writes an int to where its first argument points. */
    private int number(String function, Object... arguments) {
        MemorySegment result = arena.allocate(ValueLayout.JAVA_INT);
        Object[] all = new Object[arguments.length + 1];
        all[0] = result;
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        check(function, call(function, all));
        return result.get(ValueLayout.JAVA_INT, 0);
    }

    private static void check(String function, int status) {
        if (status != 0) {
            throw new Missing("the NVIDIA driver's " + function + " fails with CUDA error " + status, null);
        }
    }

    private int call(String function, Object... arguments) {
        MemoryLayout[] layouts = Arrays.stream(arguments)
                .map(argument -> argument instanceof Integer ? ValueLayout.JAVA_INT : ValueLayout.ADDRESS)
                .toArray(MemoryLayout[]::new);
        MemorySegment symbol = symbols.find(function)
                .orElseThrow(() -> new Missing("the NVIDIA driver has no " + function, null));
        try {
            return (int) Linker.nativeLinker()
                    .downcallHandle(symbol, FunctionDescriptor.of(ValueLayout.JAVA_INT, layouts))
                    .invokeWithArguments(arguments);
        } catch (Throwable e) {
            throw new Missing("the NVIDIA driver cannot be called (" + e + ")", e);
        }
    }

    @Override
    public void close() {
        arena.close();
    }
}
