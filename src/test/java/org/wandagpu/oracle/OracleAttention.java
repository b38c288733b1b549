package org.wandagpu.oracle;

import java.util.Arrays;

/** Causal attention of one sequence: {@code heads[token][head][dimension]}. */
final class OracleAttention {

    private OracleAttention() {
    }

    /**
     * @param window keys a query sees, itself included; 0 = all before it
     * @param slopes ALiBi slope of each query head, or null
     * @return {@code [token][head · headDim]}
     */
    static double[][] attend(double[][][] q, double[][][] k, double[][][] v, int window, double[] slopes) {
        int heads = q[0].length;
        int dim = q[0][0].length;
        int group = heads / k[0].length;
        double[][] out = new double[q.length][heads * dim];
        for (int t = 0; t < q.length; t++) {
            for (int h = 0; h < heads; h++) {
                double[] p = new double[t + 1];
                Arrays.fill(p, Double.NEGATIVE_INFINITY);
                for (int j = 0; j <= t; j++) {
                    if (window == 0 || t - j < window) {
                        double dot = 0;
                        for (int d = 0; d < dim; d++) {
                            dot += q[t][h][d] * k[j][h / group][d];
                        }
                        p[j] = dot / Math.sqrt(dim) + (slopes == null ? 0 : slopes[h] * j);
                    }
                }
                double max = Arrays.stream(p).max().orElseThrow();
                double sum = Arrays.stream(p).map(x -> Math.exp(x - max)).sum();
                for (int j = 0; j <= t; j++) {
                    for (int d = 0; d < dim; d++) {
                        out[t][h * dim + d] += Math.exp(p[j] - max) / sum * v[j][h / group][d];
                    }
                }
            }
        }
        return out;
    }

    /** Slopes for any number of heads: those of the power of two below, then every second one of twice as many. */
    static double[] alibiSlopes(int heads) {
        int power = 1;
        while (2 * power <= heads) {
            power *= 2;
        }
        double[] slopes = new double[heads];
        for (int h = 0; h < heads; h++) {
            slopes[h] = h < power
                    ? Math.pow(2, -8.0 / power * (h + 1))
                    : Math.pow(2, -4.0 / power * (2 * (h - power) + 1));
        }
        return slopes;
    }

    /** Cuts {@code x[token]} into heads that begin at {@code offset + h · stride}. */
    static double[][][] heads(double[][] x, int offset, int stride, int count, int dim) {
        double[][][] heads = new double[x.length][count][];
        for (int t = 0; t < x.length; t++) {
            for (int h = 0; h < count; h++) {
                heads[t][h] = Arrays.copyOfRange(x[t], offset + h * stride, offset + h * stride + dim);
            }
        }
        return heads;
    }
}
