package org.wandagpu.compute.cpu;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.wandagpu.compute.Tensor;
import org.wandagpu.compute.Transfers;
import org.wandagpu.failure.DeviceException;

/** Copies from memory to memory. */
final class CpuTransfers implements Transfers {

    private record NativeMemory(Arena arena, MemorySegment segment) implements HostMemory {
        @Override
        public void close() {
            arena.close();
        }
    }

    @Override
    public HostMemory allocate(long bytes) {
        Arena arena = Arena.ofShared();
        try {
            return new NativeMemory(arena, arena.allocate(bytes));
        } catch (OutOfMemoryError e) {
            arena.close();
            throw new DeviceException("out of memory: " + bytes + " bytes could not be had; lower --nsamples or"
                    + " --seqlen", e);
        }
    }

    @Override
    public void in(MemorySegment source, Tensor target) {
        target.copyFrom(source);
    }

    @Override
    public void out(Tensor source, MemorySegment target) {
        source.copyTo(target);
    }
}
