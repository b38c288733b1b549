package org.wandagpu.prune;

import org.wandagpu.compute.Ops;
import org.wandagpu.compute.Tensor;

/** Selection by (score, column), the rule that Wanda and magnitude share; reference-semantics §4 and §5. */
final class ScoreSelection {

    private ScoreSelection() {
    }

    /** @param s statistic, or null to score by |w| alone */
    static void zeroSmallest(Ops ops, Tensor w, Tensor s, SparsityTarget target) {
        switch (target) {
            case SparsityTarget.SemiStructured semi -> ops.zeroSmallestInGroups(w, s, semi.pattern());
            case SparsityTarget.Unstructured(double sparsity, ComparisonGroup group) -> {
                switch (group) {
                    case ROW -> ops.zeroSmallestInRows(w, s, (int) (w.columns() * sparsity));
                    case LAYER -> ops.zeroSmallestInLayer(w, s, (long) (w.rows() * w.columns() * sparsity));
                }
            }
        }
    }
}
