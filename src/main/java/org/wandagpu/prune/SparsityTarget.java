package org.wandagpu.prune;

import org.wandagpu.failure.UsageException;
import org.wandagpu.tensor.NmPattern;

/** What a layer is pruned to. */
public sealed interface SparsityTarget {

    /** Share of zeros asked for. */
    double sparsity();

    /** The pattern's name as the command line spells it. */
    String patternName();

    /**
     * Any weights, a share of each comparison group.
     *
     * @param sparsity from 0 to 1
     * @param group what is ranked against each other
     */
    record Unstructured(double sparsity, ComparisonGroup group) implements SparsityTarget {

        /** @throws UsageException unless 0 ≤ sparsity ≤ 1 */
        public Unstructured {
            if (!(sparsity >= 0 && sparsity <= 1)) {
                throw new UsageException("sparsity " + sparsity + " is not a share: give a number from 0 to 1");
            }
        }

        @Override
        public String patternName() {
            return "unstructured";
        }
    }

    /** N of every M neighbours kept. */
    record SemiStructured(NmPattern pattern) implements SparsityTarget {

        @Override
        public double sparsity() {
            return (double) pattern.zeroedPerGroup() / pattern.groupSize();
        }

        @Override
        public String patternName() {
            return pattern.toString();
        }
    }
}
