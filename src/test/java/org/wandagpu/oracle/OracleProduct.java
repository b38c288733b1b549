package org.wandagpu.oracle;

/**
 * {@code x · wᵀ + bias} in double with plain loops, and what bounds the rounding of any fp32 form of it.
 *
 * @param values {@code [tokens, outputs]}
 * @param magnitudes {@code [tokens, outputs]}: the same sums over absolute values
 */
public record OracleProduct(double[] values, double[] magnitudes) {

    /**
     * @param x {@code [tokens, in]}
     * @param w {@code [outputs, in]}
     * @param bias {@code [outputs]}, or null
     */
    public static OracleProduct of(float[] x, float[] w, float[] bias, int tokens, int outputs, int in) {
        double[] values = new double[tokens * outputs];
        double[] magnitudes = new double[tokens * outputs];
        for (int t = 0; t < tokens; t++) {
            for (int o = 0; o < outputs; o++) {
                double sum = bias == null ? 0 : bias[o];
                double magnitude = Math.abs(sum);
                for (int i = 0; i < in; i++) {
                    double term = (double) x[t * in + i] * w[o * in + i];
                    sum += term;
                    magnitude += Math.abs(term);
                }
                values[t * outputs + o] = sum;
                magnitudes[t * outputs + o] = magnitude;
            }
        }
        return new OracleProduct(values, magnitudes);
    }

    /** The largest error of element i after {@code roundings} fp32 roundings of partial sums, underflow included. */
    public double bound(int i, int roundings) {
        return roundings * (0x1p-24 * magnitudes[i] * (1 + roundings * 0x1p-23) + Float.MIN_VALUE);
    }
}
