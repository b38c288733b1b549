package org.wandagpu.model;

import org.wandagpu.compute.Device;
import org.wandagpu.compute.Ops;
import org.wandagpu.compute.Owned;
import org.wandagpu.compute.Tensor;
import org.wandagpu.tensor.DType;

/** Everything after the last block: final norm, projection, output head. Owns its tensors. */
public final class OutputHead implements AutoCloseable {

    private final Owned owned;
    private final DecoderSpec spec;
    private final Device device;
    private final DType activations;
    private final BlockWeights.Norm norm;
    private final Tensor projection;
    private final Tensor head;

    /**
     * @param owned owner of all that follows
     * @param activations their element type
     * @param norm final norm, or null
     * @param projection {@code [width, hiddenSize]}, or null
     * @param head {@code [vocabSize, width]}
     */
    OutputHead(Owned owned, DecoderSpec spec, Device device, DType activations, BlockWeights.Norm norm, Tensor projection, Tensor head) {
        this.owned = owned;
        this.spec = spec;
        this.device = device;
        this.activations = activations;
        this.norm = norm;
        this.projection = projection;
        this.head = head;
    }

    /**
     * Cross-entropy of each row's target.
     *
     * @param hidden {@code [tokens, hiddenSize]} after the last block; overwritten
     * @param targets one id a row, negative to skip
     * @param losses one loss a row, overwritten
     */
    public void losses(Tensor hidden, int[] targets, float[] losses) {
        try (Scope features = features(hidden)) {
            device.ops().crossEntropy(features.tensor, head, null, targets, losses);
        }
    }

    /**
     * Logits of each row.
     *
     * @param hidden {@code [tokens, hiddenSize]} after the last block; overwritten
     * @param logits {@code [tokens, vocabSize]}, overwritten
     */
    public void logits(Tensor hidden, Tensor logits) {
        try (Scope features = features(hidden)) {
            device.ops().linear(features.tensor, head, null, logits);
        }
    }

    /** What the head multiplies: a tensor that may belong to somebody else. */
    private record Scope(Tensor tensor, boolean owned) implements AutoCloseable {
        @Override
        public void close() {
            if (owned) {
                tensor.close();
            }
        }
    }

    private Scope features(Tensor hidden) {
        Ops ops = device.ops();
        if (norm != null) {
            Norms.apply(ops, spec.norm(), hidden, norm, hidden);
        }
        if (projection == null) {
            return new Scope(hidden, false);
        }
        Tensor narrow = device.allocate(activations, hidden.rows(), projection.rows());
        ops.linear(hidden, projection, null, narrow);
        return new Scope(narrow, true);
    }

    @Override
    public void close() {
        owned.close();
    }
}
