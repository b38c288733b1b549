package org.wandagpu.schedule;

import java.util.List;
import org.wandagpu.compute.Device;
import org.wandagpu.compute.Tensor;
import org.wandagpu.failure.BadInputException;
import org.wandagpu.model.DecoderModel;
import org.wandagpu.model.DecoderSpec;
import org.wandagpu.model.InputLayer;
import org.wandagpu.tensor.DType;

/**
 * Token sequences of one length on their way through a model: the hidden states between two blocks, and how they are
 * cut into chunks of whole sequences. Owns its hidden states.
 */
public final class Sequences implements AutoCloseable {

    private final List<int[]> ids;
    private final int seqlen;
    private final HiddenStates hidden;
    private int sequencesOfAChunk;

    /** Where the hidden states are made. */
    @FunctionalInterface
    interface Place {
        HiddenStates allocate(Device device, DType dtype, long rows, long columns);
    }

    /**
     * Sequences whose hidden states stay on the device.
     *
     * @param ids token ids, {@code seqlen} each
     * @param model whose hidden states these are
     * @throws BadInputException as {@link #check} does
     */
    public Sequences(Device device, DecoderModel model, List<int[]> ids) {
        check(model.spec(), ids);
        this(device, model, ids, DeviceStates::new);
    }

    /** @param ids checked */
    Sequences(Device device, DecoderModel model, List<int[]> ids, Place place) {
        this.ids = List.copyOf(ids);
        this.seqlen = ids.getFirst().length;
        this.sequencesOfAChunk = sequencesOfAChunk(device, seqlen, ids.size());
        this.hidden = place.allocate(device, model.activations(device), (long) ids.size() * seqlen,
                model.spec().hiddenSize());
    }

    /**
     * Checks that a model can run on sequences.
     *
     * @throws BadInputException if there are none, they differ in length, are longer than the model's positions, or
     *         hold an id outside its vocabulary
     */
    public static void check(DecoderSpec spec, List<int[]> ids) {
        if (ids.isEmpty() || ids.getFirst().length == 0) {
            throw new BadInputException("there are no sequences of token ids to run on; give a longer text");
        }
        int seqlen = ids.getFirst().length;
        if (seqlen > spec.positionLimit()) {
            throw new BadInputException("sequences have " + seqlen + " tokens, the model has " + spec.positionLimit()
                    + " positions; lower --seqlen");
        }
        for (int i = 0; i < ids.size(); i++) {
            int[] sequence = ids.get(i);
            if (sequence.length != seqlen) {
                throw new BadInputException("sequence " + i + " has " + sequence.length + " tokens, sequence 0 has "
                        + seqlen + "; give sequences of one length");
            }
            for (int t = 0; t < seqlen; t++) {
                if (sequence[t] < 0 || sequence[t] >= spec.vocabSize()) {
                    throw new BadInputException("sequence " + i + ", token " + t + ": id " + sequence[t]
                            + " is outside the model's vocabulary of " + spec.vocabSize()
                            + "; take the tokenizer and the weights of the same model");
                }
            }
        }
    }

    /** Number of sequences. */
    public int count() {
        return ids.size();
    }

    /** Tokens of a sequence. */
    public int seqlen() {
        return seqlen;
    }

    /** All hidden states, {@code [count · seqlen, hiddenSize]}. */
    HiddenStates hidden() {
        return hidden;
    }

    /** Sequences of a chunk, the last one excepted, where the memory suffices. */
    static int sequencesOfAChunk(Device device, int seqlen, int count) {
        return Math.min(count, Math.max(1, device.tokensAtOnce() / seqlen));
    }

    /** Makes the chunks half as long. Returns whether they could be: a sequence is not cut. */
    boolean halveChunk() {
        if (sequencesOfAChunk == 1) {
            return false;
        }
        sequencesOfAChunk = Math.ceilDiv(sequencesOfAChunk, 2);
        return true;
    }

    /** Tokens of the largest chunk. */
    public int chunkTokens() {
        return sequencesOfAChunk * seqlen;
    }

    /** Computes the inputs of block 0. */
    public void embed(InputLayer input) {
        forEachChunk((first, states) -> input.embed(chunkIds(first, states), seqlen, 0, states));
    }

    private int[] chunkIds(int first, Tensor states) {
        int[] chunk = new int[(int) states.rows()];
        for (int i = 0; i < chunk.length / seqlen; i++) {
            System.arraycopy(ids.get(first + i), 0, chunk, i * seqlen, seqlen);
        }
        return chunk;
    }

    /** Work on a chunk. */
    @FunctionalInterface
    public interface ChunkWork {
        /**
         * @param firstSequence index of the chunk's first sequence
         * @param states its hidden states, a view
         */
        void run(int firstSequence, Tensor states);
    }

    /** Runs work on every chunk in order. */
    public void forEachChunk(ChunkWork work) {
        hidden.update(chunkTokens(), bySequence(work));
    }

    /** Runs work on a copy of every chunk in order, for which {@link HiddenStates#makeRoom} has made room. */
    void observeEachChunk(ChunkWork work) {
        hidden.observe(chunkTokens(), bySequence(work));
    }

    private HiddenStates.Work bySequence(ChunkWork work) {
        return (first, states) -> work.run(Math.toIntExact(first / seqlen), states);
    }

    /**
     * The next token of every position of a sequence.
     *
     * @return one id a position, −1 for the last, which has none
     */
    public int[] targets(int sequence) {
        int[] targets = new int[seqlen];
        System.arraycopy(ids.get(sequence), 1, targets, 0, seqlen - 1);
        targets[seqlen - 1] = -1;
        return targets;
    }

    @Override
    public void close() {
        hidden.close();
    }
}
