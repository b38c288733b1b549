package org.wandagpu.compute.cuda;

import java.util.ArrayDeque;
import java.util.Deque;
import org.wandagpu.compute.Tensor;
import org.wandagpu.cuda.DeviceBuffer;
import org.wandagpu.cuda.Handle;

/** Device memory of one operation, and copies of host tensors in it; everything is freed at its end. */
final class Scratch implements AutoCloseable {

    private final KernelRuntime runtime;
    private final Deque<DeviceBuffer> buffers = new ArrayDeque<>();

    Scratch(KernelRuntime runtime) {
        this.runtime = runtime;
    }

    /** Address of memory with undefined content. */
    long take(long bytes) {
        DeviceBuffer buffer = runtime.allocate(Math.max(1, bytes));
        buffers.push(buffer);
        return buffer.address();
    }

    /** Address of a copy of {@code tensor}; 0 for null. */
    long copyOf(Tensor tensor) {
        if (tensor == null) {
            return 0;
        }
        long address = take(tensor.byteSize());
        runtime.copyIn(address, tensor.byteSize(), tensor::copyTo);
        return address;
    }

    DeviceMatrix matrixOf(Tensor tensor) {
        return new DeviceMatrix(copyOf(tensor), tensor.dtype(), Math.toIntExact(tensor.rows()),
                Math.toIntExact(tensor.columns()));
    }

    /** Copies back what the device made of a tensor. */
    void copyBack(long address, Tensor tensor) {
        runtime.copyOut(address, tensor.byteSize(), tensor::copyFrom);
    }

    @Override
    public void close() {
        Handle.closeAll(buffers);
    }
}
