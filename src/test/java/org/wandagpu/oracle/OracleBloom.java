package org.wandagpu.oracle;

import static org.wandagpu.oracle.OracleLayers.add;

import org.wandagpu.oracle.OracleTransformer.InputRecorder;

/** BLOOM: fused queries, keys and values, ALiBi. */
final class OracleBloom implements OracleBlock {

    private final OracleCheckpoint c;
    private final OracleParts parts;

    OracleBloom(OracleCheckpoint checkpoint) {
        this.c = checkpoint;
        this.parts = new OracleParts(checkpoint);
    }

    @Override
    public double[] norm(String name, double[] x) {
        return parts.layerNorm(name, x, c.number(1e-5, "layer_norm_epsilon"));
    }

    @Override
    public double[][] forward(int index, double[][] x, InputRecorder recorder) {
        String block = "h." + index + ".";
        boolean afterNorm = c.flag(false, "apply_residual_connection_post_layernorm");
        double[][] in = normed(block + "input_layernorm", x);
        double[][] mid = add(afterNorm ? in : x, attention(block + "self_attention.", in, recorder));
        double[][] second = normed(block + "post_attention_layernorm", mid);
        return add(afterNorm ? second : mid,
                parts.mlp(block + "mlp.dense_h_to_4h", block + "mlp.dense_4h_to_h", "gelu_new", second, true,
                        recorder));
    }

    private double[][] attention(String name, double[][] x, InputRecorder recorder) {
        int heads = (int) c.number(0, "n_head", "num_attention_heads");
        int dim = x[0].length / heads;
        double[][] qkv = parts.linear(name + "query_key_value", x, true, recorder);
        double[][] mixed = OracleAttention.attend(OracleAttention.heads(qkv, 0, 3 * dim, heads, dim),
                OracleAttention.heads(qkv, dim, 3 * dim, heads, dim),
                OracleAttention.heads(qkv, 2 * dim, 3 * dim, heads, dim), 0, OracleAttention.alibiSlopes(heads));
        return parts.linear(name + "dense", mixed, true, recorder);
    }
}
