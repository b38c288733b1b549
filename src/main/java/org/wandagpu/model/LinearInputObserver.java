package org.wandagpu.model;

import java.util.List;
import org.wandagpu.compute.Tensor;

/** Sees the input of each linear layer while a block runs. */
@FunctionalInterface
public interface LinearInputObserver {

    /** Sees nothing. */
    LinearInputObserver NONE = (roles, input) -> { };

    /**
     * Called before the layers run.
     *
     * @param roles the layers that share this input
     * @param input {@code [tokens, inFeatures]}, valid during the call only
     */
    void beforeLinear(List<LinearRole> roles, Tensor input);
}
