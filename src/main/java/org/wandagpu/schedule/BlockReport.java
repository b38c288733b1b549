package org.wandagpu.schedule;

import java.util.Map;

/**
 * What pruning did to one block.
 *
 * @param block its index
 * @param zeros zero weights by name of the weight, all linear layers of the block
 * @param weights number of weights by name
 */
public record BlockReport(int block, Map<String, Long> zeros, Map<String, Long> weights) {

    /** Share of zeros over the block's linear layers. */
    public double sparsity() {
        return (double) totalZeros() / totalWeights();
    }

    /** Zeros of all layers. */
    public long totalZeros() {
        return zeros.values().stream().mapToLong(Long::longValue).sum();
    }

    /** Weights of all layers. */
    public long totalWeights() {
        return weights.values().stream().mapToLong(Long::longValue).sum();
    }
}
