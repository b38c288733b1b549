package org.wandagpu.generate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import org.wandagpu.compute.Device;
import org.wandagpu.failure.BadInputException;
import org.wandagpu.model.DecoderModel;
import org.wandagpu.model.DecoderSpec;
import org.wandagpu.model.KeyValueCache;
import org.wandagpu.schedule.Progress;

/**
 * Calibration samples that the model itself writes, for when there is no text like the one it was trained on.
 *
 * <p>A sample is one sequence: the token that begins a text (or, where the model has none, a random token of the
 * vocabulary), then tokens drawn from the model at temperature 1, across end tokens, until it is full. Sample i depends
 * on the model, the seed, i and {@code seqlen} alone, not on how many are asked for: samples are drawn in groups whose
 * size follows from the model and {@code seqlen}, and the last group is always whole.
 */
public final class SelfCalibration {

    /** Sequences that run in step at most: beyond that, reading the weights is no longer what a step costs. */
    private static final int MOST_TOGETHER = 16;
    /** Bytes of keys and values at most, unless a single sequence needs more. */
    private static final long CACHE_BYTES = 512L << 20;

    /**
     * What to draw.
     *
     * @param nsamples number of samples
     * @param seqlen tokens of a sample
     * @param seed of the random numbers
     * @param firstToken the id that begins a text, or none
     */
    public record Options(int nsamples, int seqlen, long seed, OptionalInt firstToken) {
    }

    private SelfCalibration() {
    }

    /**
     * Draws the samples.
     *
     * @param progress told of each sample's worth of work
     * @return {@code nsamples} sequences of {@code seqlen} ids
     * @throws BadInputException if {@code seqlen} is beyond the model's positions or the first token outside its
     *        vocabulary
     */
    public static List<int[]> draw(Device device, DecoderModel model, Options options, Progress progress) {
        check(model.spec(), options);
        int together = together(device, model, options.seqlen());
        List<int[]> samples = new ArrayList<>();
        progress.start("draw calibration samples", options.nsamples(), 0);
        try (CachedModel cached = CachedModel.open(device, model, together, options.seqlen())) {
            while (samples.size() < options.nsamples()) {
                int[][] group = drawGroup(cached, model.spec().vocabSize(), together, samples.size(), options);
                int wanted = Math.min(together, options.nsamples() - samples.size());
                samples.addAll(Arrays.asList(group).subList(0, wanted));
                progress.step(wanted);
            }
        }
        progress.end();
        return samples;
    }

    private static void check(DecoderSpec spec, Options options) {
        if (options.seqlen() > spec.positionLimit()) {
            throw new BadInputException("seqlen " + options.seqlen() + " is beyond the model's " + spec.positionLimit()
                    + " positions; lower --seqlen");
        }
        int first = options.firstToken().orElse(0);
        if (first < 0 || first >= spec.vocabSize()) {
            throw new BadInputException("the token that begins a text, " + first
                    + ", is outside the model's vocabulary of " + spec.vocabSize()
                    + "; take config.json and weights of the same model");
        }
    }

    private static int[][] drawGroup(CachedModel model, int vocabSize, int together, int firstSample, Options options) {
        int[][] group = new int[together][options.seqlen()];
        TokenSampler[] samplers = new TokenSampler[together];
        int[] current = new int[together];
        for (int i = 0; i < together; i++) {
            samplers[i] = TokenSampler.ofSample(options.seed(), firstSample + i);
            TokenSampler sampler = samplers[i];
            current[i] = options.firstToken().orElseGet(() -> sampler.anyToken(vocabSize));
            group[i][0] = current[i];
        }
        for (int position = 1; position < options.seqlen(); position++) {
            float[] logits = model.logits(current, position - 1);
            for (int i = 0; i < together; i++) {
                current[i] = samplers[i].next(Arrays.copyOfRange(logits, i * vocabSize, (i + 1) * vocabSize));
                group[i][position] = current[i];
            }
        }
        return group;
    }

    /** Sequences that run in step. */
    static int together(Device device, DecoderModel model, int seqlen) {
        DecoderSpec spec = model.spec();
        long bytesOfOne = spec.blocks() * KeyValueCache.bytes(model.activations(device), spec.attention(), seqlen);
        return Math.clamp(CACHE_BYTES / bytesOfOne, 1, MOST_TOGETHER);
    }

    /** Bytes of caches and workspace that drawing needs on the device, besides the model's weights. */
    public static long memoryBytes(Device device, DecoderModel model, int seqlen) {
        return CachedModel.bytes(device, model, together(device, model, seqlen), seqlen);
    }
}
