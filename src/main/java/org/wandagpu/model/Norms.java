package org.wandagpu.model;

import org.wandagpu.compute.Ops;
import org.wandagpu.compute.Tensor;

/** Applies a norm of either kind. */
final class Norms {

    private Norms() {
    }

    static void apply(Ops ops, DecoderSpec.Norm norm, Tensor x, BlockWeights.Norm weights, Tensor out) {
        switch (norm.kind()) {
            case RMS -> ops.rmsNorm(x, weights.weight(), norm.epsilon(), out);
            case LAYER -> ops.layerNorm(x, weights.weight(), weights.bias(), norm.epsilon(), out);
        }
    }
}
