package org.wandagpu.schedule;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.wandagpu.compute.Device;
import org.wandagpu.model.BlockWeights;
import org.wandagpu.model.DecoderModel;

/** Reads blocks ahead: while one is worked on, the next is copied to the device by a thread of its own. */
final class BlockLoader implements AutoCloseable {

    private final ExecutorService reader = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().daemon().name("wanda-reader").factory());
    private final Device device;
    private final DecoderModel model;
    private int nextBlock;
    private CompletableFuture<BlockWeights> ahead;

    /** @param firstBlock the first block that {@link #next} gives */
    BlockLoader(Device device, DecoderModel model, int firstBlock) {
        this.device = device;
        this.model = model;
        this.nextBlock = firstBlock;
        this.ahead = read();
    }

    private CompletableFuture<BlockWeights> read() {
        int block = nextBlock++;
        return block < model.spec().blocks()
                ? CompletableFuture.supplyAsync(() -> model.copyBlock(device, block), reader)
                : null;
    }

    /** The next block, which then belongs to the caller; starts to read the one behind it. */
    BlockWeights next() {
        try {
            BlockWeights weights = ahead.join();
            ahead = read();
            return weights;
        } catch (CompletionException e) {
            ahead = null;
            switch (e.getCause()) {
                case RuntimeException cause -> throw cause;
                case Error cause -> throw cause;
                default -> throw e;
            }
        }
    }

    @Override
    public void close() {
        reader.close();
        // Not done after that: an interrupt dropped it before it began.
        if (ahead != null && ahead.isDone() && !ahead.isCompletedExceptionally()) {
            ahead.join().close();
        }
    }
}
