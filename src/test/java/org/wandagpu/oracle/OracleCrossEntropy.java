package org.wandagpu.oracle;

/**
 * Cross-entropy of each token in double with plain loops, and what bounds the rounding of its fp32 form.
 *
 * @param losses {@code log Σ_v e^logit[v] − logit[target]} for each token
 * @param logits largest error of a logit, for each token, in units of 2⁻²⁴ a rounding: Σ|x·w| at its largest
 * @param spread mean distance of the logits from their maximum under the softmax
 */
public record OracleCrossEntropy(double[] losses, double[] logits, double[] spread) {

    /** @param logits {@code [tokens, vocabulary]} with their magnitudes */
    public static OracleCrossEntropy of(OracleProduct logits, int[] targets) {
        int tokens = targets.length;
        int vocabulary = logits.values().length / tokens;
        OracleCrossEntropy result = new OracleCrossEntropy(new double[tokens], new double[tokens], new double[tokens]);
        for (int t = 0; t < tokens; t++) {
            double maximum = Double.NEGATIVE_INFINITY;
            for (int v = 0; v < vocabulary; v++) {
                maximum = Math.max(maximum, logits.values()[t * vocabulary + v]);
                result.logits[t] = Math.max(result.logits[t], logits.magnitudes()[t * vocabulary + v]);
            }
            double sum = 0;
            double distances = 0;
            for (int v = 0; v < vocabulary; v++) {
                double distance = maximum - logits.values()[t * vocabulary + v];
                sum += Math.exp(-distance);
                distances += distance * Math.exp(-distance);
            }
            result.spread[t] = distances / sum;
            result.losses[t] = maximum + Math.log(sum) - logits.values()[t * vocabulary + targets[t]];
        }
        return result;
    }
}
