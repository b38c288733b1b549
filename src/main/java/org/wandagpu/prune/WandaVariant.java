package org.wandagpu.prune;

import org.wandagpu.compute.Ops;
import org.wandagpu.compute.Tensor;
import org.wandagpu.failure.UsageException;

/** Wanda's variant: each row loses a share of its score sum, so rows may differ in sparsity; unstructured only. */
public record WandaVariant() implements PruningMethod {

    @Override
    public String name() {
        return "wanda-variant";
    }

    @Override
    public boolean needsStatistics() {
        return true;
    }

    @Override
    public ComparisonGroup defaultGroup() {
        return ComparisonGroup.ROW;
    }

    @Override
    public void check(SparsityTarget target, String layer, long columns) {
        if (!(target instanceof SparsityTarget.Unstructured(double _, ComparisonGroup group))
                || group != ComparisonGroup.ROW) {
            throw new UsageException("--variant works on unstructured pruning of rows only, not on "
                    + target.patternName() + "; drop one of the two");
        }
    }

    @Override
    public void prune(Ops ops, Tensor w, Tensor s, SparsityTarget target) {
        ops.zeroByScoreShare(w, s, target.sparsity());
    }
}
