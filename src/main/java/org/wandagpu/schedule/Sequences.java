package org.wandagpu.schedule;

import java.util.List;
import org.wandagpu.compute.Device;
import org.wandagpu.compute.Tensor;
import org.wandagpu.model.DecoderSpec;
import org.wandagpu.model.InputLayer;
import org.wandagpu.tensor.DType;

/**
 * Token sequences of one length on their way through a model: the hidden states between two blocks, and how they are cut
 * into chunks of whole sequences. Owns its tensor.
 */
public final class Sequences implements AutoCloseable {

    /** Enough tokens for a matrix product to be bound by arithmetic, few enough for a small workspace. */
    private static final int TOKENS_OF_A_CHUNK = 1024;

    private final List<int[]> ids;
    private final int seqlen;
    private final Tensor hidden;

    /**
     * @param ids token ids, {@code seqlen} each
     * @param spec model whose hidden states these are
     */
    public Sequences(Device device, DecoderSpec spec, List<int[]> ids) {
        this.ids = List.copyOf(ids);
        this.seqlen = ids.getFirst().length;
        this.hidden = device.allocate(DType.F32, (long) ids.size() * seqlen, spec.hiddenSize());
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
    public Tensor hidden() {
        return hidden;
    }

    /** Sequences of a chunk, the last one excepted. */
    public static int sequencesOfAChunk(int seqlen, int count) {
        return Math.min(count, Math.max(1, TOKENS_OF_A_CHUNK / seqlen));
    }

    /** Tokens of the largest chunk. */
    public int chunkTokens() {
        return sequencesOfAChunk(seqlen, count()) * seqlen;
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
        int step = sequencesOfAChunk(seqlen, count());
        for (int first = 0; first < count(); first += step) {
            int sequences = Math.min(step, count() - first);
            work.run(first, hidden.rows((long) first * seqlen, (long) sequences * seqlen));
        }
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
