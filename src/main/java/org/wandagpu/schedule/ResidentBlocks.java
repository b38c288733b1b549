package org.wandagpu.schedule;

import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.wandagpu.compute.Device;
import org.wandagpu.compute.Owned;
import org.wandagpu.model.BlockWeights;
import org.wandagpu.model.DecoderModel;

/**
 * The decoder blocks on the device, two at most: one that is worked on, and beside it the one before, which is being
 * written, or after it is gone the next, which is being read. A thread of its own writes and reads. Owns the blocks.
 */
final class ResidentBlocks implements AutoCloseable {

    private static final CompletableFuture<Void> NOTHING = CompletableFuture.completedFuture(null);

    private final BackgroundThread thread = new BackgroundThread("wanda-blocks");
    private final Device device;
    private final DecoderModel model;
    private int nextBlock;
    private CompletableFuture<BlockWeights> ahead;
    private BlockWeights current;
    private BlockWeights leaving;
    private CompletableFuture<Void> left = NOTHING;

    /** @param firstBlock the first block that {@link #next} gives */
    ResidentBlocks(Device device, DecoderModel model, int firstBlock) {
        this.device = device;
        this.model = model;
        this.nextBlock = firstBlock;
        this.ahead = read();
    }

    private CompletableFuture<BlockWeights> read() {
        int block = nextBlock++;
        return block < model.spec().blocks() ? thread.submit(() -> model.copyBlock(device, block)) : null;
    }

    /** The next block, to be worked on until {@link #leave}; starts to read the one behind it. */
    BlockWeights next() {
        current = BackgroundThread.await(ahead);
        ahead = null; // in case that the next cannot be asked for
        ahead = read();
        return current;
    }

    /**
     * Has the block that was worked on written and freed. At most one leaves at a time.
     *
     * @param write writes it; called by the thread, so of the operations only what is done by now counts
     */
    void leave(Consumer<BlockWeights> write) {
        settle();
        device.synchronize();
        leaving = current;
        current = null;
        left = thread.submit(() -> {
            try (BlockWeights weights = leaving) {
                write.accept(weights);
            }
        });
    }

    /** Whether {@link #settle} would not wait. */
    boolean isSettled() {
        return left.isDone();
    }

    /** Waits until the block that leaves is written; throws what went wrong with it. */
    void settle() {
        BackgroundThread.await(left);
        left = NOTHING;
        leaving = null;
    }

    /** Waits until nothing is being written, however it ends: then what was given for it may be freed. */
    void awaitLeaving() {
        left.handle((_, _) -> null).join();
    }

    @Override
    public void close() {
        try (Owned blocks = new Owned()) {
            thread.close();
            // An interrupt drops tasks that have not begun.
            own(blocks, ahead != null && ahead.isDone() && !ahead.isCompletedExceptionally() ? ahead.join() : null);
            own(blocks, leaving);
            own(blocks, current);
        }
    }

    private static void own(Owned blocks, BlockWeights weights) {
        if (weights != null) {
            blocks.add(weights);
        }
    }
}
