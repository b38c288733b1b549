package org.wandagpu.oracle;

import static org.wandagpu.oracle.OracleLayers.add;

import org.wandagpu.oracle.OracleTransformer.InputRecorder;

/** GPT-NeoX: fused queries, keys and values, partial rotation, parallel or sequential residual. */
final class OracleNeox implements OracleBlock {

    private final OracleCheckpoint c;
    private final OracleParts parts;

    OracleNeox(OracleCheckpoint checkpoint) {
        this.c = checkpoint;
        this.parts = new OracleParts(checkpoint);
    }

    @Override
    public double[] norm(String name, double[] x) {
        return parts.layerNorm(name, x, c.number(1e-5, "layer_norm_eps"));
    }

    @Override
    public double[][] forward(int index, double[][] x, InputRecorder recorder) {
        String block = "layers." + index + ".";
        double[][] mid = add(x, attention(block + "attention.", normed(block + "input_layernorm", x), recorder));
        double[][] source = c.flag(true, "use_parallel_residual") ? x : mid;
        double[][] second = normed(block + "post_attention_layernorm", source);
        return add(mid, parts.mlp(block + "mlp.dense_h_to_4h", block + "mlp.dense_4h_to_h",
                c.text("gelu", "hidden_act"), second, true, recorder));
    }

    private double[][] attention(String name, double[][] x, InputRecorder recorder) {
        int heads = (int) c.number(0, "num_attention_heads");
        int dim = x[0].length / heads;
        boolean bias = c.flag(true, "attention_bias");
        double share = c.config().path("rope_parameters").path("partial_rotary_factor")
                .asDouble(c.number(0.25, "rotary_pct"));
        double[][] qkv = parts.linear(name + "query_key_value", x, bias, recorder);
        double[][][] q = OracleAttention.heads(qkv, 0, 3 * dim, heads, dim);
        double[][][] k = OracleAttention.heads(qkv, dim, 3 * dim, heads, dim);
        double[][][] v = OracleAttention.heads(qkv, 2 * dim, 3 * dim, heads, dim);
        OracleRope rope = new OracleRope(c, (int) (dim * share), x.length);
        for (int t = 0; t < x.length; t++) {
            for (int h = 0; h < heads; h++) {
                rope.rotate(q[t][h], t);
                rope.rotate(k[t][h], t);
            }
        }
        return parts.linear(name + "dense", OracleAttention.attend(q, k, v, 0, null), bias, recorder);
    }
}
