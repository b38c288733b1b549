package org.wandagpu.generate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.wandagpu.compute.Device;
import org.wandagpu.compute.Owned;
import org.wandagpu.compute.Tensor;
import org.wandagpu.failure.WorkFailedException;
import org.wandagpu.model.BlockWeights;
import org.wandagpu.model.DecoderBlock;
import org.wandagpu.model.DecoderModel;
import org.wandagpu.model.DecoderSpec;
import org.wandagpu.model.InputLayer;
import org.wandagpu.model.KeyValueCache;
import org.wandagpu.model.OutputHead;
import org.wandagpu.tensor.DType;

/**
 * A model made ready to continue sequences: all parts placed, and one cache a block for all sequences, so that each
 * step reads the weights once. Owns all of it.
 *
 * <p>Where the rotation depends on the length (dynamic scaling), it is that of {@code capacity} from the first token
 * on, since cached keys cannot be rotated anew.
 */
final class CachedModel implements AutoCloseable {

    /** Tokens of a prompt that run together: enough for a matrix product to be bound by arithmetic. */
    private static final int PREFILL_TOKENS = 512;

    private final Owned owned;
    private final Device device;
    private final int sequences;
    private final InputLayer input;
    private final OutputHead head;
    private final DecoderBlock decoder;
    private final List<BlockWeights> blocks = new ArrayList<>();
    private final List<KeyValueCache> caches = new ArrayList<>();
    private final Tensor hidden;
    private final Tensor logits;

    private CachedModel(Owned owned, Device device, DecoderModel model, int sequences, int capacity) {
        DecoderSpec spec = model.spec();
        this.owned = owned;
        this.device = device;
        this.sequences = sequences;
        int tokens = tokensOfACall(sequences, capacity);
        input = owned.add(model.inputLayer(device));
        head = owned.add(model.outputHead(device));
        decoder = owned.add(model.decoderBlock(device, tokens, capacity));
        DType activations = model.activations(device);
        hidden = owned.add(device.allocate(activations, tokens, spec.hiddenSize()));
        logits = owned.add(device.allocate(DType.F32, sequences, spec.vocabSize()));
        for (int block = 0; block < spec.blocks(); block++) {
            blocks.add(owned.add(model.placeBlock(device, block)));
            caches.add(owned.add(new KeyValueCache(device, activations, spec.attention(), sequences, capacity)));
        }
    }

    /**
     * @param sequences sequences that run in step
     * @param capacity the most positions of a sequence
     */
    static CachedModel open(Device device, DecoderModel model, int sequences, int capacity) {
        return Owned.build(owned -> new CachedModel(owned, device, model, sequences, capacity));
    }

    private static int tokensOfACall(int sequences, int capacity) {
        return sequences > 1 ? sequences : Math.min(capacity, PREFILL_TOKENS);
    }

    /** Bytes of caches and workspace. */
    static long bytes(Device device, DecoderModel model, int sequences, int capacity) {
        DecoderSpec spec = model.spec();
        DType activations = model.activations(device);
        int tokens = tokensOfACall(sequences, capacity);
        return spec.blocks() * sequences * KeyValueCache.bytes(activations, spec.attention(), capacity)
                + model.workspaceBytes(device, tokens, capacity)
                + (long) activations.bytes() * tokens * spec.hiddenSize()
                + (long) DType.F32.bytes() * sequences * spec.vocabSize();
    }

    /**
     * Runs new tokens and gives the logits behind the last one of each sequence.
     *
     * @param ids the next token of each sequence; of a single sequence, any number of next tokens
     * @param first position of the first of them
     * @return {@code [sequences · vocabSize]}
     * @throws WorkFailedException if a logit is not finite
     */
    float[] logits(int[] ids, int first) {
        int step = (int) hidden.rows();
        for (int from = 0; from < ids.length; from += step) {
            forward(Arrays.copyOfRange(ids, from, Math.min(ids.length, from + step)), first + from);
        }
        int last = (ids.length - 1) % step;
        head.logits(hidden.rows(last + 1L - sequences, sequences), logits);
        if (!device.ops().allFinite(logits)) {
            throw new WorkFailedException("the logits at position " + (first + ids.length / sequences - 1)
                    + " are not finite: the model overflows on this text");
        }
        return logits.toFloats();
    }

    private void forward(int[] ids, int first) {
        int seqlen = ids.length / sequences;
        Tensor states = hidden.rows(0, ids.length);
        input.embed(ids, seqlen, first, states);
        for (int block = 0; block < blocks.size(); block++) {
            decoder.forward(blocks.get(block), states, new DecoderBlock.Call(block, seqlen, first, caches.get(block)));
        }
    }

    @Override
    public void close() {
        owned.close();
    }
}
