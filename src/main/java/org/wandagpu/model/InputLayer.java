package org.wandagpu.model;

import org.wandagpu.compute.Device;
import org.wandagpu.compute.Ops;
import org.wandagpu.compute.Owned;
import org.wandagpu.compute.Tensor;
import org.wandagpu.tensor.DType;

/** Everything before block 0: embedding table, projection, learned positions, norm. Owns its tensors. */
public final class InputLayer implements AutoCloseable {

    private final Owned owned;
    private final DecoderSpec spec;
    private final Device device;
    private final DType activations;
    private final Tensor table;
    private final Tensor positions;
    private final BlockWeights.Norm norm;
    private final Tensor projection;

    /**
     * @param owned owner of all that follows
     * @param activations their element type
     * @param table token embedding {@code [vocabSize, width]}
     * @param positions learned positions, or null
     * @param norm norm after the embedding, or null
     * @param projection {@code [hiddenSize, width]}, or null
     */
    InputLayer(Owned owned, DecoderSpec spec, Device device, DType activations, Tensor table, Tensor positions, BlockWeights.Norm norm,
            Tensor projection) {
        this.owned = owned;
        this.spec = spec;
        this.device = device;
        this.activations = activations;
        this.table = table;
        this.positions = positions;
        this.norm = norm;
        this.projection = projection;
    }

    /**
     * Computes the input of block 0.
     *
     * @param ids token ids of whole sequences, one after the other
     * @param seqlen tokens of a sequence
     * @param first position of the first token of each sequence
     * @param hidden {@code [tokens, hiddenSize]}, overwritten
     */
    public void embed(int[] ids, int seqlen, int first, Tensor hidden) {
        Ops ops = device.ops();
        if (projection == null) {
            ops.embed(table, ids, hidden);
        } else {
            try (Tensor narrow = device.allocate(activations, ids.length, table.columns())) {
                ops.embed(table, ids, narrow);
                ops.linear(narrow, projection, null, hidden);
            }
        }
        if (positions != null) {
            ops.addPositions(positions, first + spec.embedding().positionOffset(), seqlen, hidden);
        }
        if (norm != null) {
            Norms.apply(ops, spec.norm(), hidden, norm, hidden);
        }
    }

    @Override
    public void close() {
        owned.close();
    }
}
