package org.wandagpu.generate;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.IntConsumer;
import org.wandagpu.compute.Device;
import org.wandagpu.failure.UsageException;
import org.wandagpu.model.DecoderModel;

/** A model made ready to continue one token sequence after the other. Owns the model's parts on the device. */
public final class Generator implements AutoCloseable {

    private final CachedModel model;
    private final int capacity;

    /**
     * @param capacity the most positions of a sequence: prompt and new tokens, the last of which needs none
     * @throws UsageException if the model has fewer
     */
    public Generator(Device device, DecoderModel model, int capacity) {
        int limit = model.spec().positionLimit();
        if (capacity > limit) {
            throw new UsageException("prompt and new tokens are " + capacity + " positions, the model has " + limit
                    + "; lower --max-tokens or shorten the prompt");
        }
        this.capacity = capacity;
        this.model = CachedModel.open(device, model, 1, capacity);
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

        /** @throws UsageException if a number is below 0 or the temperature not finite */
        public Options {
            if (maxTokens < 0) {
                throw new UsageException("--max-tokens is " + maxTokens + "; give 0 or more");
            }
            if (!(temperature >= 0 && Double.isFinite(temperature))) {
                throw new UsageException("--temperature is " + temperature + "; give 0 or more");
            }
        }
    }

    /**
     * Continues a prompt. Ends at an end token, after {@code maxTokens}, or when the positions are used up.
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
        while (tokens.size() < options.maxTokens() && position + pending.length <= capacity) {
            int token = sampler.next(model.logits(pending, position));
            if (options.endTokens().contains(token)) {
                break;
            }
            position += pending.length;
            pending = new int[] {token};
            tokens.add(token);
            eachToken.accept(token);
        }
        return tokens.stream().mapToInt(Integer::intValue).toArray();
    }

    @Override
    public void close() {
        model.close();
    }
}
