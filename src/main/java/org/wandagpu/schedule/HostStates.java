package org.wandagpu.schedule;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.wandagpu.compute.Device;
import org.wandagpu.compute.Owned;
import org.wandagpu.compute.Tensor;
import org.wandagpu.compute.Transfers;
import org.wandagpu.tensor.DType;

/**
 * Hidden states in host memory, for a device that has no room for all of them. Two chunks on the device take turns:
 * while one is worked on, a thread puts back the one before and fetches the next into its place. Owns its memory.
 */
final class HostStates implements HiddenStates {

    /** Chunks that it takes room for. */
    static final long CHUNKS = 2;

    private final BackgroundThread thread = new BackgroundThread("wanda-states");
    private final Device device;
    private final DType dtype;
    private final long rows;
    private final long columns;
    private final Transfers.HostMemory memory;
    private Owned room = new Owned();
    private List<Tensor> chunks;
    /** The task given to the thread last: once it is done, all are. */
    private CompletableFuture<Void> last = CompletableFuture.completedFuture(null);

    HostStates(Device device, DType dtype, long rows, long columns) {
        this.device = device;
        this.dtype = dtype;
        this.rows = rows;
        this.columns = columns;
        this.memory = device.transfers().allocate(rows * rowBytes());
    }

    @Override
    public long rows() {
        return rows;
    }

    @Override
    public long rowBytes() {
        return columns * dtype.bytes();
    }

    @Override
    public void makeRoom(int chunkRows) {
        room.close();
        room = Owned.build(owned -> {
            chunks = List.of(owned.add(device.allocate(dtype, chunkRows, columns)),
                    owned.add(device.allocate(dtype, chunkRows, columns)));
            return owned;
        });
        device.synchronize(); // it writes zeros, and the thread does not wait for operations
    }

    @Override
    public void observe(int chunkRows, Work work) {
        forEachChunk(chunkRows, work, false);
    }

    @Override
    public void update(int chunkRows, Work work) {
        forEachChunk(chunkRows, work, true);
    }

    private void forEachChunk(int chunkRows, Work work, boolean keep) {
        try {
            CompletableFuture<Void> fetched = fetch(0, chunkRows);
            for (long first = 0; first < rows; first += chunkRows) {
                BackgroundThread.await(fetched);
                if (first + chunkRows < rows) {
                    fetched = fetch(first + chunkRows, chunkRows);
                }
                work.run(first, chunk(first, chunkRows));
                device.synchronize();
                if (keep) {
                    putBack(first, chunkRows);
                }
            }
            BackgroundThread.await(last);
        } finally {
            last.handle((_, _) -> null).join(); // after a failure too nothing is under way
        }
    }

    private CompletableFuture<Void> fetch(long first, int chunkRows) {
        Tensor chunk = chunk(first, chunkRows);
        last = thread.submit(() -> device.transfers().in(slice(first, chunk.byteSize()), chunk));
        return last;
    }

    private void putBack(long first, int chunkRows) {
        Tensor chunk = chunk(first, chunkRows);
        last = thread.submit(() -> device.transfers().out(chunk, slice(first, chunk.byteSize())));
    }

    private Tensor chunk(long first, int chunkRows) {
        return chunks.get((int) (first / chunkRows % CHUNKS)).rows(0, Math.min(chunkRows, rows - first));
    }

    private MemorySegment slice(long first, long bytes) {
        return memory.segment().asSlice(first * rowBytes(), bytes);
    }

    @Override
    public void read(long first, MemorySegment target) {
        target.copyFrom(slice(first, target.byteSize()));
    }

    @Override
    public void write(long first, MemorySegment source) {
        slice(first, source.byteSize()).copyFrom(source);
    }

    @Override
    public void close() {
        try (memory; Owned _ = room) {
            thread.close();
        }
    }
}
