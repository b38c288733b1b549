package org.wandagpu.oracle;

import java.util.function.DoubleUnaryOperator;

/** Norms, linear layers and non-linearities in double with plain loops. A sequence is {@code x[token][feature]}. */
public final class OracleLayers {

    private OracleLayers() {
    }

    /** {@code x / √(mean(x²) + epsilon) · gain}. */
    public static double[] rmsNorm(double[] x, double[] gain, double epsilon) {
        double squares = 0;
        for (double value : x) {
            squares += value * value;
        }
        double[] out = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            out[i] = gain[i] * x[i] / Math.sqrt(squares / x.length + epsilon);
        }
        return out;
    }

    /** @param gain null for all ones; {@code bias} null for all zeros */
    public static double[] layerNorm(double[] x, double[] gain, double[] bias, double epsilon) {
        double mean = 0;
        for (double value : x) {
            mean += value / x.length;
        }
        double variance = 0;
        for (double value : x) {
            variance += (value - mean) * (value - mean) / x.length;
        }
        double[] out = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            out[i] = (x[i] - mean) / Math.sqrt(variance + epsilon) * (gain == null ? 1 : gain[i])
                    + (bias == null ? 0 : bias[i]);
        }
        return out;
    }

    /** {@code x · wᵀ + bias} for each token. */
    static double[][] linear(double[][] x, double[] weight, double[] bias, int outFeatures) {
        int inFeatures = x[0].length;
        double[][] out = new double[x.length][outFeatures];
        for (int t = 0; t < x.length; t++) {
            for (int o = 0; o < outFeatures; o++) {
                double sum = bias == null ? 0 : bias[o];
                for (int i = 0; i < inFeatures; i++) {
                    sum += x[t][i] * weight[o * inFeatures + i];
                }
                out[t][o] = sum;
            }
        }
        return out;
    }

    static double[][] add(double[][] a, double[][] b) {
        double[][] sum = new double[a.length][a[0].length];
        for (int t = 0; t < a.length; t++) {
            for (int i = 0; i < a[t].length; i++) {
                sum[t][i] = a[t][i] + b[t][i];
            }
        }
        return sum;
    }

    /** A non-linearity by its name in config.json. */
    public static DoubleUnaryOperator activation(String name) {
        return switch (name) {
            case "relu" -> x -> Math.max(x, 0);
            case "silu", "swish" -> x -> x / (1 + Math.exp(-x));
            case "gelu" -> x -> 0.5 * x * (1 + ErrorFunction.erf(x / Math.sqrt(2)));
            case "gelu_new", "gelu_fast", "gelu_pytorch_tanh" ->
                x -> 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)));
            default -> throw new IllegalArgumentException(name);
        };
    }
}
