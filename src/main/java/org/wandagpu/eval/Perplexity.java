package org.wandagpu.eval;

import java.util.ArrayList;
import java.util.List;
import org.wandagpu.compute.Device;
import org.wandagpu.compute.Tensor;
import org.wandagpu.failure.BadInputException;
import org.wandagpu.failure.WorkFailedException;
import org.wandagpu.model.BlockWeights;
import org.wandagpu.model.DecoderBlock;
import org.wandagpu.model.DecoderBlock.Call;
import org.wandagpu.model.DecoderModel;
import org.wandagpu.model.InputLayer;
import org.wandagpu.model.OutputHead;
import org.wandagpu.schedule.Progress;
import org.wandagpu.schedule.Sequences;

/**
 * Perplexity by reference-semantics §11: each window on its own, the mean cross-entropy of its next tokens, then the
 * exponential of the mean over windows.
 *
 * @param windowLosses mean loss of each window
 * @param seqlen tokens of a window
 */
public record Perplexity(List<Double> windowLosses, int seqlen) {

    /** Tokens of the windows that go through all blocks together: enough to make reading the weights cheap. */
    private static final int TOKENS_OF_A_GROUP = 8192;

    /** Tokens that were predicted: all but the first of each window. */
    public long tokensScored() {
        return (long) windowLosses.size() * (seqlen - 1);
    }

    /** exp of the mean loss. */
    public double value() {
        return Math.exp(windowLosses.stream().mapToDouble(Double::doubleValue).average().orElseThrow());
    }

    /**
     * Measures a model.
     *
     * <p>Needs memory for the hidden states of one group of windows and for a block's workspace; weights are placed
     * block by block, so the need does not grow with depth.
     *
     * @param windows token ids, all of one length of at least 2
     * @throws BadInputException if the model cannot run on the windows
     * @throws WorkFailedException naming the first window whose loss is not finite
     */
    public static Perplexity measure(Device device, DecoderModel model, List<int[]> windows, Progress progress) {
        Sequences.check(model.spec(), windows);
        int seqlen = windows.getFirst().length;
        if (seqlen < 2) {
            throw new BadInputException("evaluation windows of 1 token predict nothing; raise --seqlen");
        }
        int groupSize = Math.max(1, TOKENS_OF_A_GROUP / seqlen);
        List<Double> losses = new ArrayList<>();
        progress.start("evaluate", windows.size(), 0);
        try (InputLayer input = model.inputLayer(device); OutputHead head = model.outputHead(device)) {
            for (int first = 0; first < windows.size(); first += groupSize) {
                List<int[]> group = windows.subList(first, Math.min(windows.size(), first + groupSize));
                losses.addAll(lossesOf(device, model, input, head, group));
                requireFinite(losses, first);
                progress.step(group.size());
            }
        }
        progress.end();
        return new Perplexity(losses, seqlen);
    }

    private static void requireFinite(List<Double> losses, int first) {
        for (int window = first; window < losses.size(); window++) {
            if (!Double.isFinite(losses.get(window))) {
                throw new WorkFailedException("evaluation window " + window + ": its loss is " + losses.get(window)
                        + "; the model overflows on this text, so it has no perplexity");
            }
        }
    }

    private static List<Double> lossesOf(Device device, DecoderModel model, InputLayer input, OutputHead head,
            List<int[]> windows) {
        List<Double> losses = new ArrayList<>();
        try (Sequences sequences = new Sequences(device, model, windows);
                DecoderBlock decoder =
                        model.decoderBlock(device, sequences.chunkTokens(), sequences.seqlen())) {
            sequences.embed(input);
            for (int block = 0; block < model.spec().blocks(); block++) {
                Call call = Call.sequences(block, sequences.seqlen());
                try (BlockWeights weights = model.placeBlock(device, block)) {
                    sequences.forEachChunk((_, states) -> decoder.forward(weights, states, call));
                }
            }
            sequences.forEachChunk((first, states) -> losses.addAll(lossesOfChunk(head, sequences, first, states)));
        }
        return losses;
    }

    private static List<Double> lossesOfChunk(OutputHead head, Sequences sequences, int first, Tensor states) {
        int seqlen = sequences.seqlen();
        int count = (int) (states.rows() / seqlen);
        int[] targets = new int[count * seqlen];
        for (int i = 0; i < count; i++) {
            System.arraycopy(sequences.targets(first + i), 0, targets, i * seqlen, seqlen);
        }
        float[] tokenLosses = new float[targets.length];
        head.losses(states, targets, tokenLosses);
        List<Double> losses = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            double sum = 0;
            for (int t = 0; t < seqlen - 1; t++) {
                sum += tokenLosses[i * seqlen + t];
            }
            losses.add(sum / (seqlen - 1));
        }
        return losses;
    }
}
