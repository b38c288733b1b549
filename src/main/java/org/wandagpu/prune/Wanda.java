package org.wandagpu.prune;

import org.wandagpu.compute.Ops;
import org.wandagpu.compute.Tensor;

/** Wanda (Sun et al. 2023, section 3): the score is |W|·‖X‖₂, compared inside each output row. */
public record Wanda() implements PruningMethod {

    @Override
    public String name() {
        return "wanda";
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
    public void prune(Ops ops, Tensor w, Tensor s, SparsityTarget target) {
        ScoreSelection.zeroSmallest(ops, w, s, target);
    }
}
