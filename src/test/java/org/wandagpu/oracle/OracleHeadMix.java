package org.wandagpu.oracle;

/**
 * Softmax attention of one query head in double with plain loops, and what bounds the rounding of any fp32 form of it.
 *
 * @param values the output {@code [dim]}
 * @param bounds greatest error of each element
 */
public record OracleHeadMix(double[] values, double[] bounds) {

    private static final double ROUNDING = 0x1p-24;

    /** One key and value of a head, and what is added to its score. */
    public record Entry(double[] key, double[] value, double bias) {
    }

    /**
     * @param query {@code [dim]}
     * @param entries the keys that the query sees
     */
    public static OracleHeadMix of(double[] query, Entry[] entries, double scale) {
        int dim = query.length;
        double[] scores = new double[entries.length];
        double max = Double.NEGATIVE_INFINITY;
        double scoreError = 0;
        for (int j = 0; j < entries.length; j++) {
            double magnitude = Math.abs(entries[j].bias());
            scores[j] = entries[j].bias();
            for (int d = 0; d < dim; d++) {
                double term = query[d] * scale * entries[j].key()[d];
                scores[j] += term;
                magnitude += Math.abs(term);
            }
            max = Math.max(max, scores[j]);
            // a product with the scale, dim multiply-adds, the sum of lanes, the bias, the difference from the maximum
            scoreError = Math.max(scoreError, (dim + 8) * ROUNDING * magnitude + dim * Float.MIN_VALUE);
        }
        double sum = 0;
        double[] values = new double[dim];
        double[] magnitudes = new double[dim];
        for (int j = 0; j < entries.length; j++) {
            double weight = Math.exp(scores[j] - max);
            sum += weight;
            for (int d = 0; d < dim; d++) {
                values[d] += weight * entries[j].value()[d];
                magnitudes[d] += weight * Math.abs(entries[j].value()[d]);
            }
        }
        // weights and their sum err by e^(2 scoreError), each by an exponential and a rescaling for every step of keys,
        // and by the roundings of a sum over all keys
        double relative = 2 * Math.expm1(2 * scoreError) + (2 * entries.length + 16) * ROUNDING;
        double[] bounds = new double[dim];
        for (int d = 0; d < dim; d++) {
            values[d] /= sum;
            bounds[d] = relative * magnitudes[d] / sum + (entries.length + 1) * Float.MIN_VALUE;
        }
        return new OracleHeadMix(values, bounds);
    }
}
