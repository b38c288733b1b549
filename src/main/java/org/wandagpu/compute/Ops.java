package org.wandagpu.compute;

import java.lang.foreign.MemorySegment;
import org.wandagpu.tensor.MetadataOrder;
import org.wandagpu.tensor.NmPattern;

/**
 * The operations of a decoder block, of evaluation and of pruning.
 *
 * <p>Activations are {@code [tokens, features]} in the device's {@linkplain Device#activationType type}, tokens of
 * several sequences one after the other. Weights and other parameters are F32, F16 or BF16; sums are fp32. Every sum is
 * taken in an order that depends on the shape alone: the same bits on every run and for any number of threads. Outputs
 * must not overlap inputs unless a method says so. All methods throw {@link IllegalArgumentException} for shapes or
 * element types that do not fit, and {@link IllegalStateException} for closed tensors.
 */
public interface Ops {

    // ---- decoder block ------------------------------------------------------------------------------------------

    /** {@code out[t] = table[ids[t]]}: {@code table [vocab, hidden]}, {@code out [tokens, hidden]}. */
    void embed(Tensor table, int[] ids, Tensor out);

    /** {@code x[t] += table[first + t mod seqlen]}: learned positions, {@code x [tokens, hidden]} updated in place. */
    void addPositions(Tensor table, int first, int seqlen, Tensor x);

    /**
     * {@code out = x · wᵀ + bias}, the linear layer.
     *
     * @param x {@code [tokens, inFeatures]}
     * @param w {@code [outFeatures, inFeatures]} F32, F16 or BF16
     * @param bias {@code [outFeatures]} or null
     * @param out {@code [tokens, outFeatures]}, overwritten
     */
    void linear(Tensor x, Tensor w, Tensor bias, Tensor out);

    /** Like {@link #linear}, but adds the product and bias to what {@code out} holds: the residual sum. */
    void linearAdd(Tensor x, Tensor w, Tensor bias, Tensor out);

    /** {@code out = x / √(mean(x²) + epsilon) · weight} for each row; {@code out} may be {@code x}. */
    void rmsNorm(Tensor x, Tensor weight, float epsilon, Tensor out);

    /** {@code out = (x − mean) / √(variance + epsilon) · weight + bias} for each row; {@code out} may be {@code x}. */
    void layerNorm(Tensor x, Tensor weight, Tensor bias, float epsilon, Tensor out);

    /** RMS norm of each head of each row, in place: {@code weight [headDim]}. */
    void rmsNormHeads(Heads x, Tensor weight, float epsilon);

    /**
     * Rotates the first {@code 2 · cos.columns()} dimensions of each head in place, by halves: with n = cos.columns(),
     * {@code (x[i], x[i+n])} becomes {@code (x[i]·cos − x[i+n]·sin, x[i+n]·cos + x[i]·sin)}.
     *
     * @param cos {@code [positions, n]} F32
     * @param sin {@code [positions, n]} F32
     * @param first position of the first token of each sequence
     * @param seqlen tokens of a sequence; row t has position {@code first + t mod seqlen}
     */
    void rope(Heads x, Tensor cos, Tensor sin, int first, int seqlen);

    /**
     * Causal attention of each sequence on its own: {@code out = softmax(q·kᵀ·scale + bias) · v}.
     *
     * <p>Rows of {@code q} and {@code out} are {@code sequences} runs of {@code queryLength} tokens, rows of {@code k}
     * and {@code v} as many runs of {@code keyLength}; query i of a run has position {@code keyLength − queryLength + i}.
     * Query head h reads key head {@code h / (q.count / k.count)}.
     *
     * @param out {@code [tokens, q.count · headDim]}, heads side by side
     */
    void attention(Heads q, Heads k, Heads v, AttentionMask mask, float scale, int queryLength, int keyLength, Tensor out);

    /** Copies heads from one layout to another, row by row: how keys and values enter a cache. */
    void copyHeads(Heads source, Heads target);

    /** {@code x = f(x)} in place. */
    void activate(Activation f, Tensor x);

    /** {@code gate = f(gate) · up}, in place in {@code gate}. */
    void activateGated(Activation f, Tensor gate, Tensor up);

    /** {@code y = x}. */
    void copy(Tensor x, Tensor y);

    /** {@code y += x}. */
    void add(Tensor x, Tensor y);

    // ---- evaluation ---------------------------------------------------------------------------------------------

    /**
     * Cross-entropy of each row's next token over the vocabulary, without keeping the logits:
     * {@code losses[t] = log Σ_v e^(x[t]·head[v]) − x[t]·head[targets[t]]}.
     *
     * @param x {@code [tokens, hidden]} after the final norm
     * @param head {@code [vocab, hidden]}
     * @param bias {@code [vocab]} or null
     * @param targets one id a row; a negative id skips the row (loss 0)
     * @param losses one loss a row, overwritten
     */
    void crossEntropy(Tensor x, Tensor head, Tensor bias, int[] targets, float[] losses);

    /** Whether every element is a finite number; for weights in any computable element type. */
    boolean allFinite(Tensor x);

    // ---- pruning ------------------------------------------------------------------------------------------------

    /**
     * Folds sequences into the running statistic of reference-semantics §2. For each run of {@code seqlen} rows of
     * {@code x}, with n sequences folded so far: {@code s[j] = s[j] · n/(n+1) + (Σ_rows x[j]²)/(n+1)}.
     *
     * @param x {@code [sequences · seqlen, inFeatures]}
     * @param sequencesBefore n before the first sequence of {@code x}
     * @param s {@code [inFeatures]} F32, updated in place
     */
    void foldColumnSquares(Tensor x, int seqlen, int sequencesBefore, Tensor s);

    /**
     * Writes the scores that selection compares: {@code out = |w| · √s} in fp32, or {@code |w|} where {@code s} is null.
     * A score that is not a number has the bits {@code 0x7fc00000}.
     *
     * @param w {@code [outFeatures, inFeatures]}
     * @param s {@code [inFeatures]} F32 statistic, or null
     * @param out {@code [outFeatures, inFeatures]} F32, overwritten
     */
    void scores(Tensor w, Tensor s, Tensor out);

    /**
     * Zeroes in each row of {@code w} the {@code zeroedPerRow} weights with the smallest (score, column); NaN ranks last.
     * The score is {@code |w| · √s} in fp32, or {@code |w|} where {@code s} is null. Zeroed weights become +0, the
     * others keep their bits.
     *
     * @param w {@code [outFeatures, inFeatures]}, updated in place
     * @param s {@code [inFeatures]} F32 statistic, or null
     */
    void zeroSmallestInRows(Tensor w, Tensor s, int zeroedPerRow);

    /** Like {@link #zeroSmallestInRows} with the whole layer as one comparison group, ranked by (score, row, column). */
    void zeroSmallestInLayer(Tensor w, Tensor s, long zeroed);

    /**
     * Magnitude pruning as published (reference-semantics §7): zeroes every {@code |w|} up to and including entry
     * {@code rank} of the ascending sort of all {@code |w|}; everything where {@code rank} is past the end.
     */
    void zeroUpToRank(Tensor w, long rank);

    /**
     * N:M selection: in each group of M neighbouring weights of a row zeroes the M − N smallest by (score, column). A
     * shorter group at the end of a row loses as many.
     *
     * @throws IllegalArgumentException if that last group is narrower than M − N
     */
    void zeroSmallestInGroups(Tensor w, Tensor s, NmPattern pattern);

    /**
     * Wanda's variant (reference-semantics §6): each row loses the weights up to a share alpha of its score sum, alpha
     * searched so that the whole matrix loses {@code sparsity}.
     *
     * @return the alpha found
     */
    double zeroByScoreShare(Tensor w, Tensor s, double sparsity);

    /**
     * Selects 2:4 as {@link #zeroSmallestInGroups} does and stores what stays; {@code w} is not changed. Bytes equal those
     * of PyTorch's conversion of the selected matrix, also where fewer than two weights of a group are not zero.
     *
     * @param w {@code [rows, columns]} F16 or BF16, of a shape that {@code order} {@linkplain MetadataOrder#fits fits}
     * @param values {@code [rows, columns / 2]} in {@code w}'s type, overwritten with the two kept of each group
     * @param metadata {@link MetadataOrder#bytes} bytes, overwritten with their positions
     */
    void compress24(Tensor w, Tensor s, MetadataOrder order, Tensor values, MemorySegment metadata);

    /** The matrix of {@link #compress24}'s values and metadata; weights between them become +0. */
    void decompress24(Tensor values, MemorySegment metadata, MetadataOrder order, Tensor w);

    /** Number of weights equal to zero, of either sign. */
    long countZeros(Tensor w);

    /**
     * Which weights are left.
     *
     * @param bitmap {@code rows · ⌈columns / 32⌉} 32-bit words, overwritten: bit i of a row's word q says whether weight
     *     {@code 32 · q + i} is not zero; bits past the row are 0
     */
    void maskBitmap(Tensor w, MemorySegment bitmap);
}
