package org.wandagpu.oracle;

import static org.wandagpu.oracle.OracleLayers.add;

import com.fasterxml.jackson.databind.JsonNode;
import org.wandagpu.oracle.OracleTransformer.InputRecorder;

/** LLaMA, Mistral, Qwen2 and Qwen3: RMSNorm, rotation, grouped key heads, a gated MLP. */
final class OracleLlama implements OracleBlock {

    private final OracleCheckpoint c;
    private final OracleParts parts;

    OracleLlama(OracleCheckpoint checkpoint) {
        this.c = checkpoint;
        this.parts = new OracleParts(checkpoint);
    }

    @Override
    public double[] norm(String name, double[] x) {
        return OracleLayers.rmsNorm(x, c.weight(name + ".weight"), c.number(1e-6, "rms_norm_eps"));
    }

    @Override
    public double[][] forward(int index, double[][] x, InputRecorder recorder) {
        String block = "layers." + index + ".";
        double[][] mid = add(x, attention(index, normed(block + "input_layernorm", x), recorder));
        return add(mid, gatedMlp(block + "mlp.", normed(block + "post_attention_layernorm", mid), recorder));
    }

    private double[][] attention(int index, double[][] x, InputRecorder recorder) {
        String name = "layers." + index + ".self_attn.";
        boolean qwen2 = c.family().equals("qwen2");
        boolean switched = !c.family().equals("mistral") && c.flag(false, "attention_bias");
        boolean inBias = qwen2 || switched;
        int heads = (int) c.number(0, "num_attention_heads");
        int dim = c.rows(name + "q_proj.weight") / heads;
        int keyHeads = c.rows(name + "k_proj.weight") / dim;
        double[][][] q = heads(parts.linear(name + "q_proj", x, inBias, recorder), heads, dim);
        double[][][] k = heads(parts.linear(name + "k_proj", x, inBias, recorder), keyHeads, dim);
        double[][][] v = heads(parts.linear(name + "v_proj", x, inBias, recorder), keyHeads, dim);
        OracleRope rope = new OracleRope(c, dim, x.length);
        for (int t = 0; t < x.length; t++) {
            prepare(q[t], name + "q_norm", rope, t);
            prepare(k[t], name + "k_norm", rope, t);
        }
        double[][] mixed = OracleAttention.attend(q, k, v, window(index), null);
        return parts.linear(name + "o_proj", mixed, switched && !qwen2, recorder);
    }

    private static double[][][] heads(double[][] x, int count, int dim) {
        return OracleAttention.heads(x, 0, dim, count, dim);
    }

    private void prepare(double[][] heads, String norm, OracleRope rope, int position) {
        for (int h = 0; h < heads.length; h++) {
            if (c.family().equals("qwen3")) {
                heads[h] = norm(norm, heads[h]);
            }
            rope.rotate(heads[h], position);
        }
    }

    private int window(int index) {
        JsonNode config = c.config();
        boolean qwen = c.family().startsWith("qwen");
        boolean isNull = config.has("sliding_window") && config.get("sliding_window").isNull();
        if (c.family().equals("llama") || isNull || qwen && !c.flag(false, "use_sliding_window")) {
            return 0;
        }
        boolean here = !qwen || index >= c.number(28, "max_window_layers");
        if (config.has("layer_types")) {
            here = config.get("layer_types").get(index).asText().equals("sliding_attention");
        }
        return here ? (int) c.number(4096, "sliding_window") : 0;
    }

    private double[][] gatedMlp(String name, double[][] x, InputRecorder recorder) {
        boolean bias = c.family().equals("llama") && c.flag(false, "mlp_bias");
        double[][] gate = parts.linear(name + "gate_proj", x, bias, recorder);
        double[][] up = parts.linear(name + "up_proj", x, bias, recorder);
        for (int t = 0; t < x.length; t++) {
            for (int i = 0; i < gate[t].length; i++) {
                gate[t][i] = up[t][i]
                        * OracleLayers.activation(c.text("silu", "hidden_act")).applyAsDouble(gate[t][i]);
            }
        }
        return parts.linear(name + "down_proj", gate, bias, recorder);
    }
}
