package org.wandagpu.model;

import java.util.List;
import java.util.Map;

/**
 * The names a family gives its tensors. Every full name is prefix + name; a checkpoint may carry the prefix or not.
 *
 * @param prefix what stands before all names but the head's, for example {@code model.}; may be absent in a file
 * @param block pattern of a block's prefix with {@code %d} for its index, for example {@code layers.%d.}
 * @param linears name of each linear layer in the block, without {@code .weight}, in the reference's order
 * @param norms name of each norm in the block
 * @param tokenEmbedding the embedding table
 * @param positionEmbedding learned positions, or null
 * @param embeddingNorm norm after the embedding, or null
 * @param projectIn projection before the blocks, or null
 * @param projectOut projection after the blocks, or null
 * @param finalNorm norm after the last block
 * @param head the output head; never prefixed
 */
public record TensorNames(
        String prefix,
        String block,
        Map<LinearRole, String> linears,
        Map<NormRole, String> norms,
        String tokenEmbedding,
        String positionEmbedding,
        String embeddingNorm,
        String projectIn,
        String projectOut,
        String finalNorm,
        String head) {

    /** The roles of the block's linear layers in the order in which the reference lists them. */
    public List<LinearRole> linearOrder() {
        return List.copyOf(linears.keySet());
    }
}
