package org.wandagpu.prune;

import org.wandagpu.compute.Ops;
import org.wandagpu.compute.Tensor;

/**
 * The magnitude baseline: the score is |W|. Unstructured it takes one threshold for the whole layer and zeroes
 * everything up to it, as published (reference-semantics §7); with rows as comparison group it selects like Wanda.
 */
public record Magnitude() implements PruningMethod {

    @Override
    public String name() {
        return "magnitude";
    }

    @Override
    public boolean needsStatistics() {
        return false;
    }

    @Override
    public ComparisonGroup defaultGroup() {
        return ComparisonGroup.LAYER;
    }

    @Override
    public void prune(Ops ops, Tensor w, Tensor s, SparsityTarget target) {
        if (target instanceof SparsityTarget.Unstructured(double sparsity, ComparisonGroup group)
                && group == ComparisonGroup.LAYER) {
            ops.zeroUpToRank(w, (long) (w.rows() * w.columns() * sparsity));
        } else {
            ScoreSelection.zeroSmallest(ops, w, null, target);
        }
    }
}
