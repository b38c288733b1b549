package org.wandagpu.bench;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** The machine's OpenBLAS, where there is one, with as many threads as there are processors. */
@State(Scope.Benchmark)
public class OpenBlas {

    private static final String LIBRARY = "libopenblas.so.0";
    private static final int ROW_MAJOR = 101;
    private static final int AS_STORED = 111;
    private static final int TRANSPOSED = 112;

    private MethodHandle gemm;

    /**
     * Loads the library. OPENBLAS_CORETYPE, with which an environment may force another processor's kernels, is taken
     * out of this process first, so that the library chooses by itself.
     *
     * @throws IllegalStateException if the library is not on this machine: JMH reports it and goes on without the peer
     */
    @Setup
    public void load() {
        Linker linker = Linker.nativeLinker();
        call(linker.downcallHandle(linker.defaultLookup().findOrThrow("unsetenv"),
                FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS)),
                Arena.global().allocateFrom("OPENBLAS_CORETYPE"));
        SymbolLookup library;
        try {
            library = SymbolLookup.libraryLookup(LIBRARY, Arena.global());
        } catch (IllegalArgumentException e) {
            throw new IllegalStateException("no peer to compare with: " + LIBRARY + " is not on this machine", e);
        }
        ValueLayout.OfInt number = ValueLayout.JAVA_INT;
        call(linker.downcallHandle(library.findOrThrow("openblas_set_num_threads"), FunctionDescriptor.ofVoid(number)),
                Runtime.getRuntime().availableProcessors());
        gemm = linker.downcallHandle(library.findOrThrow("cblas_sgemm"), FunctionDescriptor.ofVoid(
                number, number, number, number, number, number, ValueLayout.JAVA_FLOAT, ValueLayout.ADDRESS, number,
                ValueLayout.ADDRESS, number, ValueLayout.JAVA_FLOAT, ValueLayout.ADDRESS, number));
    }

    /** {@code out = x · wᵀ}, all F32: {@code x [tokens, in]}, {@code w [outputs, in]}, {@code out [tokens, outputs]}. */
    void multiply(MemorySegment x, MemorySegment w, MemorySegment out, int tokens, int in, int outputs) {
        call(gemm, ROW_MAJOR, AS_STORED, TRANSPOSED, tokens, outputs, in, 1f, x, in, w, in, 0f, out, outputs);
    }

    private static void call(MethodHandle function, Object... arguments) {
        try {
            function.invokeWithArguments(arguments);
        } catch (Throwable e) {
            throw new IllegalStateException("OpenBLAS could not be called", e);
        }
    }
}
