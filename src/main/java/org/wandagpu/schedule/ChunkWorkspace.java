package org.wandagpu.schedule;

import org.wandagpu.compute.Device;
import org.wandagpu.failure.OutOfDeviceMemoryException;
import org.wandagpu.model.DecoderBlock;
import org.wandagpu.model.DecoderModel;

/**
 * What the work on one chunk of sequences needs on the device: the decoder block, and room for hidden states. Where the
 * memory is short, the chunk is halved. Owns the decoder block.
 */
final class ChunkWorkspace implements AutoCloseable {

    private final Device device;
    private final DecoderModel model;
    private final Sequences sequences;
    private final Progress progress;
    private DecoderBlock decoder;

    ChunkWorkspace(Device device, DecoderModel model, Sequences sequences, Progress progress) {
        this.device = device;
        this.model = model;
        this.sequences = sequences;
        this.progress = progress;
        retryingWithLess(this::allocate);
    }

    private void allocate() {
        close();
        sequences.hidden().makeRoom(sequences.chunkTokens());
        decoder = model.decoderBlock(device, sequences.chunkTokens(), sequences.seqlen());
    }

    DecoderBlock decoder() {
        return decoder;
    }

    /** Does work that may be begun anew; when the device's memory is short, again on chunks of half the size. */
    void retryingWithLess(Runnable work) {
        while (true) {
            try {
                work.run();
                return;
            } catch (OutOfDeviceMemoryException e) {
                if (!sequences.halveChunk()) {
                    throw e;
                }
                progress.message("the device's memory is short: going on with chunks of " + sequences.chunkTokens()
                        + " tokens");
                retryingWithLess(this::allocate);
            }
        }
    }

    @Override
    public void close() {
        if (decoder != null) {
            decoder.close();
            decoder = null;
        }
    }
}
