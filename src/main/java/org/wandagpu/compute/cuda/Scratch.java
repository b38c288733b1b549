package org.wandagpu.compute.cuda;

import java.util.ArrayList;
import java.util.List;
import org.wandagpu.cuda.DeviceBuffer;
import org.wandagpu.cuda.Handle;

/**
 * Device memory that operations use one after the other, so that none of them allocates: the n-th piece that an
 * operation takes is the n-th piece of the operation before, larger if need be. Launches in one stream keep their order,
 * so an operation may take pieces that the one before has not done with.
 */
final class Scratch implements AutoCloseable {

    private final KernelRuntime runtime;
    private final List<DeviceBuffer> pieces = new ArrayList<>();
    private int taken;

    Scratch(KernelRuntime runtime) {
        this.runtime = runtime;
    }

    /** Begins an operation: all pieces are free. */
    void begin() {
        taken = 0;
    }

    /** Address of memory with undefined content, until the next {@link #begin}. */
    long take(long bytes) {
        int piece = taken++;
        if (piece == pieces.size()) {
            pieces.add(runtime.allocate(Math.max(1, bytes)));
        } else if (pieces.get(piece).bytes() < bytes) {
            DeviceBuffer old = pieces.remove(piece);
            old.close();
            pieces.add(piece, runtime.allocate(bytes));
        }
        return pieces.get(piece).address();
    }

    @Override
    public void close() {
        List<DeviceBuffer> all = List.copyOf(pieces);
        pieces.clear();
        Handle.closeAll(all);
    }
}
