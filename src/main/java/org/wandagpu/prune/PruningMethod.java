package org.wandagpu.prune;

import org.wandagpu.compute.Ops;
import org.wandagpu.compute.Tensor;
import org.wandagpu.failure.BadInputException;

/** How weights are scored and chosen. */
public sealed interface PruningMethod permits Wanda, WandaVariant, Magnitude {

    /** The name on the command line. */
    String name();

    /** Whether the method needs the statistic of the layer's inputs, and so calibration data. */
    boolean needsStatistics();

    /** The comparison group where the user names none. */
    ComparisonGroup defaultGroup();

    /**
     * Checks that the method can reach a target on a layer.
     *
     * @throws BadInputException if the layer's width does not allow the pattern
     * @throws org.wandagpu.failure.UsageException if the method does not know the target
     */
    default void check(SparsityTarget target, String layer, long columns) {
        if (target instanceof SparsityTarget.SemiStructured semi) {
            int group = semi.pattern().groupSize();
            if (columns % group != 0) {
                throw new BadInputException("pattern " + semi.pattern() + " does not divide the " + columns
                        + " in-features of " + layer + "; --exclude it or choose another pattern");
            }
        }
    }

    /**
     * Zeroes weights of one linear layer.
     *
     * @param w {@code [outFeatures, inFeatures]}, updated in place
     * @param s statistic {@code [inFeatures]}, null where the method needs none
     */
    void prune(Ops ops, Tensor w, Tensor s, SparsityTarget target);
}
