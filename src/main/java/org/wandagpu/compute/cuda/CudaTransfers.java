package org.wandagpu.compute.cuda;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.wandagpu.compute.Tensor;
import org.wandagpu.compute.Transfers;
import org.wandagpu.cuda.Gpu;
import org.wandagpu.cuda.PinnedBuffer;
import org.wandagpu.cuda.Stream;

/** Copies on a stream of their own, straight from and to pinned memory, piece by piece for other memory. */
final class CudaTransfers implements Transfers, AutoCloseable {

    private final Gpu gpu;
    private final Stream stream;
    private final HostCopies staged;
    private final List<Pinned> pinned = new CopyOnWriteArrayList<>();

    private final class Pinned implements HostMemory {

        private final PinnedBuffer buffer;

        Pinned(PinnedBuffer buffer) {
            this.buffer = buffer;
        }

        @Override
        public MemorySegment segment() {
            return buffer.memory();
        }

        boolean holds(MemorySegment part) {
            return part.isNative() && buffer.memory().asOverlappingSlice(part)
                    .map(common -> common.byteSize() == part.byteSize()).orElse(false);
        }

        @Override
        public void close() {
            pinned.remove(this);
            buffer.close();
        }
    }

    CudaTransfers(Gpu gpu) {
        this.gpu = gpu;
        this.stream = gpu.stream();
        this.staged = new HostCopies(gpu, stream);
    }

    @Override
    public HostMemory allocate(long bytes) {
        Pinned memory = new Pinned(gpu.allocatePinned(bytes));
        pinned.add(memory);
        return memory;
    }

    @Override
    public void in(MemorySegment source, Tensor target) {
        in(source.asSlice(0, target.byteSize()), ((CudaTensor) target).address());
    }

    private synchronized void in(MemorySegment source, long address) {
        if (isPinned(source)) {
            stream.copyIn(address, source);
        } else {
            staged.in(address, source);
        }
        stream.synchronize();
    }

    @Override
    public void out(Tensor source, MemorySegment target) {
        out(((CudaTensor) source).address(), target.asSlice(0, source.byteSize()));
    }

    private synchronized void out(long address, MemorySegment target) {
        if (isPinned(target)) {
            stream.copyOut(address, target);
            stream.synchronize();
        } else {
            staged.out(address, target);
        }
    }

    private boolean isPinned(MemorySegment segment) {
        return pinned.stream().anyMatch(memory -> memory.holds(segment));
    }

    @Override
    public void close() {
        try (stream) {
            staged.close();
        }
    }
}
