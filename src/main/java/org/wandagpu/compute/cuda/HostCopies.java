package org.wandagpu.compute.cuda;

import java.lang.foreign.MemorySegment;
import org.wandagpu.cuda.Gpu;
import org.wandagpu.cuda.PinnedBuffer;
import org.wandagpu.cuda.Stream;

/** Copies between any host memory and the device, in order with a stream's work, piece by piece through pinned memory. */
final class HostCopies implements AutoCloseable {

    /** Long enough for the bus to work at its full rate. */
    private static final long PIECE_BYTES = 16L << 20;

    private final Gpu gpu;
    private final Stream stream;
    private PinnedBuffer staging;

    HostCopies(Gpu gpu, Stream stream) {
        this.gpu = gpu;
        this.stream = stream;
    }

    /** Copies all of {@code source}, which may be changed as soon as this returns. */
    void in(long address, MemorySegment source) {
        for (long from = 0; from < source.byteSize(); from += PIECE_BYTES) {
            long bytes = Math.min(PIECE_BYTES, source.byteSize() - from);
            MemorySegment piece = staging(bytes);
            MemorySegment.copy(source, from, piece, 0, bytes);
            stream.copyIn(address + from, piece);
        }
    }

    /** Fills {@code target} with what the work so far has left. */
    void out(long address, MemorySegment target) {
        for (long from = 0; from < target.byteSize(); from += PIECE_BYTES) {
            long bytes = Math.min(PIECE_BYTES, target.byteSize() - from);
            MemorySegment piece = staging(bytes);
            stream.copyOut(address + from, piece);
            stream.synchronize();
            MemorySegment.copy(piece, 0, target, from, bytes);
        }
    }

    /** Pinned memory that no copy uses any more. */
    private MemorySegment staging(long bytes) {
        stream.synchronize();
        if (staging == null || staging.memory().byteSize() < bytes) {
            close();
            staging = gpu.allocatePinned(bytes);
        }
        return staging.memory().asSlice(0, bytes);
    }

    @Override
    public void close() {
        if (staging != null) {
            PinnedBuffer old = staging;
            staging = null;
            old.close();
        }
    }
}
