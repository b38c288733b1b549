package org.wandagpu.oracle;

import static org.wandagpu.oracle.OracleLayers.add;

import org.wandagpu.oracle.OracleTransformer.InputRecorder;

/** OPT: norms before or after, biases, no rotation. */
final class OracleOpt implements OracleBlock {

    private final OracleCheckpoint c;
    private final OracleParts parts;

    OracleOpt(OracleCheckpoint checkpoint) {
        this.c = checkpoint;
        this.parts = new OracleParts(checkpoint);
    }

    @Override
    public double[] norm(String name, double[] x) {
        return parts.layerNorm(name, x, 1e-5);
    }

    @Override
    public double[][] forward(int index, double[][] x, InputRecorder recorder) {
        String block = "layers." + index + ".";
        boolean before = c.flag(true, "do_layer_norm_before");
        boolean bias = c.flag(true, "enable_bias");
        double[][] in = before ? normed(block + "self_attn_layer_norm", x) : x;
        double[][] mid = add(x, attention(block + "self_attn.", in, bias, recorder));
        if (!before) {
            mid = normed(block + "self_attn_layer_norm", mid);
        }
        double[][] second = before ? normed(block + "final_layer_norm", mid) : mid;
        double[][] out = add(mid, parts.mlp(block + "fc1", block + "fc2", c.text("relu", "activation_function"), second,
                bias, recorder));
        return before ? out : normed(block + "final_layer_norm", out);
    }

    private double[][] attention(String name, double[][] x, boolean bias, InputRecorder recorder) {
        int heads = (int) c.number(0, "num_attention_heads");
        int dim = x[0].length / heads;
        double[][][] k = OracleAttention.heads(parts.linear(name + "k_proj", x, bias, recorder), 0, dim, heads, dim);
        double[][][] v = OracleAttention.heads(parts.linear(name + "v_proj", x, bias, recorder), 0, dim, heads, dim);
        double[][][] q = OracleAttention.heads(parts.linear(name + "q_proj", x, bias, recorder), 0, dim, heads, dim);
        return parts.linear(name + "out_proj", OracleAttention.attend(q, k, v, 0, null), bias, recorder);
    }
}
