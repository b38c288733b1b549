package org.wandagpu.cuda;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import org.wandagpu.failure.DeviceException;

/**
 * NVIDIA's cuSPARSELt, where it is installed: compresses 2:4 matrices into its own form, whose layout depends on library
 * and GPU and is nobody else's to write. Bound to the GPU that was current when it was opened.
 *
 * <p>Source: cuSPARSELt 0.7, functions cusparseLtStructuredDescriptorInit, …SpMMACompressedSize2, …SpMMACompress2.
 */
public final class CuSparseLt implements AutoCloseable {

    private static final String FILE = "libcusparseLt.so.0";
    /** More than any version's handles and descriptors take; their sizes differ. */
    private static final long OPAQUE_BYTES = 1 << 16;
    private static final int ALIGNMENT = 16;
    private static final int ROW_MAJOR = 2;
    private static final int HALF_OF_EACH_FOUR = 0;
    private static final int NOT_TRANSPOSED = 0;
    private static final int SPARSE_IS_FIRST = 1;

    /** Element types that it takes here, by CUDA's numbers. */
    public enum Type {
        F16(2), BF16(14);

        private final int number;

        Type(int number) {
            this.number = number;
        }
    }

    /**
     * Room that a compressed matrix needs.
     *
     * @param bytes of the matrix
     * @param scratchBytes while it is made
     */
    public record Room(long bytes, long scratchBytes) {
    }

    private final Arena arena = Arena.ofConfined();
    private final SymbolLookup symbols;
    private final MemorySegment handle;

    /** @throws DeviceException if it is not installed, or does not work with this GPU */
    public CuSparseLt() {
        this(FILE);
    }

    CuSparseLt(String file) {
        try {
            symbols = SymbolLookup.libraryLookup(file, arena);
        } catch (IllegalArgumentException e) {
            arena.close();
            throw new DeviceException("cuSPARSELt (" + FILE + ") is not installed: install libcusparselt0, or leave it out", e);
        }
        handle = opaque();
        call("cusparseLtInit", handle);
    }

    /** Room for a matrix; columns are a multiple of 16. */
    public Room room(int rows, int columns, Type type) {
        MemorySegment sizes = arena.allocate(ValueLayout.JAVA_LONG, 2);
        MemorySegment matrix = describe(rows, columns, type);
        call("cusparseLtSpMMACompressedSize2", handle, matrix, sizes, sizes.asSlice(Long.BYTES));
        forget(matrix);
        return new Room(sizes.getAtIndex(ValueLayout.JAVA_LONG, 0), sizes.getAtIndex(ValueLayout.JAVA_LONG, 1));
    }

    /**
     * Compresses a matrix that is 2:4 already.
     *
     * @param dense address of {@code [rows, columns]}, row-major
     * @param compressed address of {@link Room#bytes}
     * @param scratch address of {@link Room#scratchBytes}
     */
    public void compress(long dense, int rows, int columns, Type type, long compressed, long scratch, Stream stream) {
        MemorySegment matrix = describe(rows, columns, type);
        call("cusparseLtSpMMACompress2", handle, matrix, SPARSE_IS_FIRST, NOT_TRANSPOSED, MemorySegment.ofAddress(dense),
                MemorySegment.ofAddress(compressed), MemorySegment.ofAddress(scratch),
                MemorySegment.ofAddress(stream.nativeHandle()));
        forget(matrix);
    }

    private MemorySegment describe(int rows, int columns, Type type) {
        MemorySegment matrix = opaque();
        call("cusparseLtStructuredDescriptorInit", handle, matrix, (long) rows, (long) columns, (long) columns, ALIGNMENT,
                type.number, ROW_MAJOR, HALF_OF_EACH_FOUR);
        return matrix;
    }

    private void forget(MemorySegment matrix) {
        call("cusparseLtMatDescriptorDestroy", matrix);
    }

    private MemorySegment opaque() {
        return arena.allocate(OPAQUE_BYTES, ALIGNMENT);
    }

    private void call(String function, Object... arguments) {
        MemoryLayout[] layouts = Arrays.stream(arguments).map(argument -> switch (argument) {
            case Integer number -> ValueLayout.JAVA_INT;
            case Long number -> ValueLayout.JAVA_LONG;
            default -> ValueLayout.ADDRESS;
        }).toArray(MemoryLayout[]::new);
        MemorySegment symbol = symbols.find(function)
                .orElseThrow(() -> new DeviceException("cuSPARSELt has no " + function + ": install 0.4 or newer"));
        int status;
        try {
            status = (int) Linker.nativeLinker()
                    .downcallHandle(symbol, FunctionDescriptor.of(ValueLayout.JAVA_INT, layouts))
                    .invokeWithArguments(arguments);
        } catch (Throwable e) {
            throw new DeviceException("cuSPARSELt cannot be called (" + e + "): leave it out", e);
        }
        if (status != 0) {
            throw new DeviceException(function + " failed with status " + status + ": leave cuSPARSELt out");
        }
    }

    @Override
    public void close() {
        try (arena) {
            call("cusparseLtDestroy", handle);
        }
    }
}
