package org.wandagpu.schedule;

import org.wandagpu.compute.Device;
import org.wandagpu.compute.Owned;
import org.wandagpu.compute.Tensor;
import org.wandagpu.failure.OutOfDeviceMemoryException;
import org.wandagpu.model.DecoderBlock;
import org.wandagpu.model.DecoderModel;

/**
 * What the work on one chunk of sequences needs on the device: the decoder block and a copy of the hidden states, which
 * a statistics pass destroys. Where the memory is short, the chunk is halved. Owns its tensors.
 */
final class ChunkWorkspace implements AutoCloseable {

    private final Device device;
    private final DecoderModel model;
    private final Sequences sequences;
    private final Progress progress;
    private Owned owned = new Owned();
    private DecoderBlock decoder;
    private Tensor states;

    ChunkWorkspace(Device device, DecoderModel model, Sequences sequences, Progress progress) {
        this.device = device;
        this.model = model;
        this.sequences = sequences;
        this.progress = progress;
        retryingWithLess(this::allocate);
    }

    /** Bytes of it. */
    static long bytes(Device device, DecoderModel model, int chunkTokens, int seqlen) {
        return model.workspaceBytes(device, chunkTokens, seqlen)
                + (long) model.activations(device).bytes() * chunkTokens * model.spec().hiddenSize();
    }

    private void allocate() {
        owned.close();
        owned = Owned.build(parts -> {
            decoder = parts.add(model.decoderBlock(device, sequences.chunkTokens(), sequences.seqlen()));
            states = parts.add(device.allocate(model.activations(device), sequences.chunkTokens(),
                    model.spec().hiddenSize()));
            return parts;
        });
    }

    DecoderBlock decoder() {
        return decoder;
    }

    /** Copies a chunk's hidden states. */
    Tensor copyOf(Tensor hidden) {
        Tensor copy = states.rows(0, hidden.rows());
        device.ops().copy(hidden, copy);
        return copy;
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
        owned.close();
    }
}
