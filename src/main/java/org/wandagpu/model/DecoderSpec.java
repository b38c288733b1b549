package org.wandagpu.model;

import java.util.List;
import java.util.Set;
import org.wandagpu.compute.Activation;

/**
 * Everything the forward pass of a decoder needs to know, read from config.json once.
 *
 * @param family the {@code model_type}, for messages and reports
 * @param hiddenSize features of the residual stream
 * @param vocabSize rows of the output head
 * @param maxPositions longest sequence the model was made for
 * @param norm kind of every norm outside the attention heads
 * @param topology how norms and residual sums are placed in a block
 * @param attention heads, positions and layout
 * @param mlp kind and width
 * @param biased the linear layers that have a bias
 * @param embedding what happens before block 0
 * @param hasFinalNorm whether a norm follows the last block
 * @param tiedHead whether the head is the embedding table
 * @param blocks number of decoder blocks
 */
public record DecoderSpec(
        String family,
        int hiddenSize,
        int vocabSize,
        int maxPositions,
        Norm norm,
        Topology topology,
        Attention attention,
        Mlp mlp,
        Set<LinearRole> biased,
        Embedding embedding,
        boolean hasFinalNorm,
        boolean tiedHead,
        int blocks) {

    /**
     * A norm.
     *
     * @param kind RMSNorm without bias or LayerNorm with one
     * @param epsilon added to the mean square or variance
     * @param learned whether the file holds its gains (and biases); else they are 1 (and 0)
     */
    public record Norm(Kind kind, float epsilon, boolean learned) {
        /** The two norms in use. */
        public enum Kind { RMS, LAYER }
    }

    /** Where norms and residual sums stand. */
    public enum Topology {
        /** x + attention(norm x), then + mlp(norm of that). */
        PRE_NORM,
        /** As PRE_NORM, but the residual is the normed value (BLOOM's post-layernorm residual). */
        PRE_NORM_RESIDUAL_AFTER_NORM,
        /** norm(x + attention(x)), then norm(that + mlp(that)) (OPT-350m). */
        POST_NORM,
        /** x + attention(norm1 x) + mlp(norm2 x) (GPT-NeoX). */
        PARALLEL
    }

    /**
     * Self-attention.
     *
     * @param heads query heads
     * @param kvHeads key and value heads; divides {@code heads}
     * @param headDim elements of a head
     * @param layout how queries, keys and values leave the linear layers
     * @param headNorm whether q and k heads pass an RMSNorm before the rotation
     * @param positions how positions enter
     * @param rope the rotation, null unless {@code positions} is ROTARY
     * @param windows sliding window of each block, 0 = none
     */
    public record Attention(int heads, int kvHeads, int headDim, Layout layout, boolean headNorm, Positions positions,
            Rope rope, List<Integer> windows) {

        /** Arrangement of q, k and v. */
        public enum Layout {
            /** Three linear layers. */
            SEPARATE,
            /** One linear layer whose rows are [head][q, k, v][headDim]. */
            FUSED_PER_HEAD
        }

        /** Position schemes. */
        public enum Positions { ROTARY, LEARNED, ALIBI }
    }

    /**
     * The MLP.
     *
     * @param gated down(f(gate) · up) instead of down(f(up))
     * @param activation f
     * @param intermediateSize in-features of the down projection
     */
    public record Mlp(boolean gated, Activation activation, int intermediateSize) {
    }

    /**
     * What happens before block 0.
     *
     * @param width features of the embedding table; differs from the hidden size where projections stand around the
     *        blocks
     * @param positionOffset row of the position table for position 0; −1 without learned positions
     * @param hasNorm whether a norm follows the embedding
     */
    public record Embedding(int width, int positionOffset, boolean hasNorm) {
    }

    /** The longest sequence that can run: ALiBi sets no limit, the other position schemes do. */
    public int positionLimit() {
        return attention.positions() == Attention.Positions.ALIBI ? Integer.MAX_VALUE : maxPositions;
    }

    /** Whether {@code project_in} and {@code project_out} stand around the blocks. */
    public boolean hasProjections() {
        return embedding.width() != hiddenSize;
    }
}
