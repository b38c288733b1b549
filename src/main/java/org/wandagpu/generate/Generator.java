package org.wandagpu.generate;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.IntConsumer;
import org.wandagpu.compute.Device;
import org.wandagpu.compute.Tensor;
import org.wandagpu.failure.UsageException;
import org.wandagpu.failure.WorkFailedException;
import org.wandagpu.model.BlockWeights;
import org.wandagpu.model.DecoderBlock;
import org.wandagpu.model.DecoderModel;
import org.wandagpu.model.InputLayer;
import org.wandagpu.model.KeyValueCache;
import org.wandagpu.model.OutputHead;
import org.wandagpu.tensor.DType;

/** A model made ready to continue token sequences: all blocks placed, one cache a block. Owns all of it. */
public final class Generator implements AutoCloseable {

    private final Device device;
    private final DecoderModel model;
    private final int capacity;
    private final List<AutoCloseable> owned = new ArrayList<>();
    private final List<BlockWeights> blocks = new ArrayList<>();
    private final List<KeyValueCache> caches = new ArrayList<>();
    private final InputLayer input;
    private final OutputHead head;
    private final Tensor lastHidden;
    private final Tensor logits;

    /** @param capacity the most tokens of a sequence, prompt included */
    public Generator(Device device, DecoderModel model, int capacity) {
        if (capacity > model.spec().maxPositions()) {
            throw new UsageException("prompt and new tokens are " + capacity + " positions, the model has "
                    + model.spec().maxPositions() + "; lower --max-tokens or shorten the prompt");
        }
        this.device = device;
        this.model = model;
        this.capacity = capacity;
        this.input = own(model.inputLayer(device));
        this.head = own(model.outputHead(device));
        this.lastHidden = own(device.allocate(DType.F32, 1, model.spec().hiddenSize()));
        this.logits = own(device.allocate(DType.F32, 1, model.spec().vocabSize()));
        for (int block = 0; block < model.spec().blocks(); block++) {
            blocks.add(own(model.placeBlock(device, block)));
            caches.add(own(new KeyValueCache(device, model.spec().attention(), 1, capacity)));
        }
    }

    private <T extends AutoCloseable> T own(T resource) {
        owned.add(resource);
        return resource;
    }

    /**
     * How to continue a prompt.
     *
     * @param maxTokens the most new tokens
     * @param temperature 0 = most likely token
     * @param seed of the random numbers
     * @param endTokens ids that end the text; not part of the result
     */
    public record Options(int maxTokens, double temperature, long seed, Set<Integer> endTokens) {
    }

    /**
     * Continues a prompt.
     *
     * @param prompt token ids, at least one
     * @param eachToken called with every new token as soon as it is known
     * @return the new tokens
     */
    public int[] generate(int[] prompt, Options options, IntConsumer eachToken) {
        if (prompt.length == 0 || prompt.length > capacity) {
            throw new UsageException("the prompt has " + prompt.length + " tokens; give 1 to " + capacity);
        }
        TokenSampler sampler = new TokenSampler(options.temperature(), options.seed());
        List<Integer> tokens = new ArrayList<>();
        int position = 0;
        int[] pending = prompt;
        try (DecoderBlock prefill = new DecoderBlock(device, model.spec(), prompt.length, capacity);
                DecoderBlock decode = new DecoderBlock(device, model.spec(), 1, capacity)) {
            while (tokens.size() < options.maxTokens() && position + pending.length <= capacity) {
                float[] scores = forward(position == 0 ? prefill : decode, pending, position);
                position += pending.length;
                int token = sampler.next(scores);
                if (options.endTokens().contains(token)) {
                    break;
                }
                tokens.add(token);
                eachToken.accept(token);
                pending = new int[] {token};
            }
        }
        return tokens.stream().mapToInt(Integer::intValue).toArray();
    }

    /** Runs tokens through the model and gives the logits behind the last. */
    private float[] forward(DecoderBlock decoder, int[] ids, int first) {
        try (Tensor hidden = device.allocate(DType.F32, ids.length, model.spec().hiddenSize())) {
            input.embed(ids, ids.length, first, hidden);
            for (int block = 0; block < blocks.size(); block++) {
                decoder.forward(blocks.get(block), hidden,
                        new DecoderBlock.Call(block, ids.length, first, caches.get(block)));
            }
            device.ops().copy(hidden.rows(ids.length - 1, 1), lastHidden);
        }
        head.logits(lastHidden, logits);
        if (!device.ops().allFinite(logits)) {
            throw new WorkFailedException("the logits at position " + (first + ids.length - 1)
                    + " are not finite: the model overflows on this text");
        }
        return logits.toFloats();
    }

    @Override
    public void close() {
        for (int i = owned.size() - 1; i >= 0; i--) {
            try {
                owned.get(i).close();
            } catch (Exception e) {
                throw new IllegalStateException("closing a tensor failed", e);
            }
        }
    }
}
