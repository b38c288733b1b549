package org.wandagpu.model;

import java.util.EnumMap;
import java.util.Map;
import org.wandagpu.compute.Owned;
import org.wandagpu.compute.Tensor;

/** The parameters of one decoder block on a device; owns its tensors. */
public final class BlockWeights implements AutoCloseable {

    /**
     * A linear layer.
     *
     * @param name name of the weight in the checkpoint
     * @param weight {@code [outFeatures, inFeatures]}
     * @param bias {@code [outFeatures]} or null
     */
    public record Linear(String name, Tensor weight, Tensor bias) {
    }

    /**
     * A norm.
     *
     * @param weight gains
     * @param bias null for RMSNorm
     */
    public record Norm(Tensor weight, Tensor bias) {
    }

    private final Map<LinearRole, Linear> linears = new EnumMap<>(LinearRole.class);
    private final Map<NormRole, Norm> norms = new EnumMap<>(NormRole.class);
    private final Owned owned;

    /** @param owned owner of the tensors that will be put in */
    BlockWeights(Owned owned) {
        this.owned = owned;
    }

    void put(LinearRole role, Linear linear) {
        linears.put(role, linear);
    }

    void put(NormRole role, Norm norm) {
        norms.put(role, norm);
    }

    /** The linear layer of a role, or null where the family has none. */
    public Linear linear(LinearRole role) {
        return linears.get(role);
    }

    Norm norm(NormRole role) {
        return norms.get(role);
    }

    @Override
    public void close() {
        owned.close();
    }
}
