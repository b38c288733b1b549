package org.wandagpu.result;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import java.util.Map;

/**
 * What {@code inspect} found.
 *
 * @param bytes of the weight files
 * @param dtypes number of weights by element type
 * @param sparsity share of zeros over all linear layers of all blocks
 * @param blocks share of zeros of each block
 * @param layers each linear layer of the blocks
 * @param patterns the N:M patterns that every linear layer keeps, of those that were looked for
 * @param comparison what differs from another checkpoint; absent where none was given
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record InspectResult(long bytes, Map<String, Long> dtypes, double sparsity, List<Double> blocks,
        List<Layer> layers, List<String> patterns, Comparison comparison) implements CommandResult {

    /**
     * A linear layer.
     *
     * @param name of its weight
     * @param dtype element type
     * @param rows out-features
     * @param columns in-features
     * @param sparsity share of zeros
     * @param patterns N:M patterns it keeps
     */
    public record Layer(String name, String dtype, long rows, long columns, double sparsity, List<String> patterns) {
    }

    /**
     * Two checkpoints side by side.
     *
     * @param other the other one
     * @param onlyHere names that the other lacks
     * @param onlyThere names that only the other has
     * @param differentShape names whose shape or element type differs
     * @param changed weights that differ, by name, zeroed ones included
     * @param zeroed weights that are zero here and not there, by name
     */
    public record Comparison(String other, List<String> onlyHere, List<String> onlyThere, List<String> differentShape,
            Map<String, Long> changed, Map<String, Long> zeroed) {
    }
}
