package org.wandagpu.result;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import java.util.Map;

/**
 * What {@code prune} did.
 *
 * @param method name of the method
 * @param pattern {@code unstructured} or N:M
 * @param sparsity asked for and reached
 * @param calibration the samples; absent for a method without statistics
 * @param output folder of the pruned checkpoint
 * @param evaluation perplexity of the pruned model, where it was asked for
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record PruneResult(String method, String pattern, Sparsity sparsity, Calibration calibration, String output,
        EvalResult evaluation) implements CommandResult {

    /**
     * Shares of zeros.
     *
     * @param requested asked for
     * @param actual over all linear layers of all blocks
     * @param blocks of each block
     * @param layers of each weight, by its name
     */
    public record Sparsity(double requested, double actual, List<Double> blocks, Map<String, Double> layers) {
    }

    /**
     * Calibration samples.
     *
     * @param source where their text came from
     * @param sha256 hash of the token ids as little-endian 32-bit integers
     * @param nsamples number of samples
     * @param seqlen tokens of each
     * @param seed of the draws
     * @param tokens all tokens
     */
    public record Calibration(String source, String sha256, int nsamples, int seqlen, long seed, long tokens) {
    }
}
