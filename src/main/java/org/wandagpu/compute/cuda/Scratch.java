package org.wandagpu.compute.cuda;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Deque;
import org.wandagpu.compute.Tensor;

/** Device memory of one operation, and copies of host tensors in it; everything is freed at its end. */
final class Scratch implements AutoCloseable {

    private static final long ALIGNMENT = 64;

    private final KernelRuntime runtime;
    private final Arena host = Arena.ofConfined();
    private final Deque<Long> addresses = new ArrayDeque<>();

    Scratch(KernelRuntime runtime) {
        this.runtime = runtime;
    }

    /** Address of memory with undefined content. */
    long take(long bytes) {
        long address = runtime.allocate(Math.max(1, bytes));
        addresses.push(address);
        return address;
    }

    /** Address of a copy of {@code tensor}; 0 for null. */
    long copyOf(Tensor tensor) {
        if (tensor == null) {
            return 0;
        }
        MemorySegment bytes = host.allocate(tensor.byteSize(), ALIGNMENT);
        tensor.copyTo(bytes);
        long address = take(bytes.byteSize());
        runtime.copyIn(address, bytes);
        return address;
    }

    DeviceMatrix matrixOf(Tensor tensor) {
        return new DeviceMatrix(copyOf(tensor), tensor.dtype(), Math.toIntExact(tensor.rows()),
                Math.toIntExact(tensor.columns()));
    }

    /** Copies back what the device made of a tensor. */
    void copyBack(long address, Tensor tensor) {
        MemorySegment bytes = host.allocate(tensor.byteSize(), ALIGNMENT);
        runtime.copyOut(address, bytes);
        tensor.copyFrom(bytes);
    }

    @Override
    public void close() {
        host.close();
        while (!addresses.isEmpty()) {
            runtime.free(addresses.pop());
        }
    }
}
