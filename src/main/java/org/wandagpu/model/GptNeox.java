package org.wandagpu.model;

import java.util.Set;
import org.wandagpu.model.DecoderSpec.Attention.Layout;
import org.wandagpu.model.DecoderSpec.Attention.Positions;

/** GPT-NeoX and Pythia: parallel residual, partial rotation, fused QKV per head. */
final class GptNeox {

    static final Family FAMILY = new Family("gpt_neox", GptNeox::read, new TensorNames("gpt_neox.", "layers.%d.",
            OrderedNames.of(
                    LinearRole.QKV, "attention.query_key_value",
                    LinearRole.ATTENTION_OUT, "attention.dense",
                    LinearRole.UP, "mlp.dense_h_to_4h",
                    LinearRole.DOWN, "mlp.dense_4h_to_h"),
            OrderedNames.of(
                    NormRole.ATTENTION, "input_layernorm",
                    NormRole.MLP, "post_attention_layernorm"),
            "embed_in", null, null, null, null, "final_layer_norm", "embed_out"));

    private GptNeox() {
    }

    private static DecoderSpec read(Config c) {
        int hidden = c.size("hidden_size");
        int heads = c.size("num_attention_heads");
        int blocks = Blocks.count(c, "num_hidden_layers");
        c.divides(heads, hidden, "num_attention_heads in hidden_size");
        int headDim = hidden / heads;
        int maxPositions = c.sizeOr(2048, "max_position_embeddings");
        Rope rope = new RopeReader(c, maxPositions).partOfHeads(headDim, 0.25);
        boolean parallel = c.flag(true, "use_parallel_residual");
        return new DecoderSpec("gpt_neox", hidden, c.size("vocab_size"), rope.longest(maxPositions),
                new DecoderSpec.Norm(DecoderSpec.Norm.Kind.LAYER, (float) c.positiveOr(1e-5, "layer_norm_eps"), true),
                parallel ? DecoderSpec.Topology.PARALLEL : DecoderSpec.Topology.PRE_NORM,
                new DecoderSpec.Attention(heads, heads, headDim, Layout.FUSED_PER_HEAD, false, Positions.ROTARY,
                        rope, SlidingWindows.none(blocks)),
                new DecoderSpec.Mlp(false, Activations.read(c, "gelu", "hidden_act"), c.size("intermediate_size")),
                biased(c),
                new DecoderSpec.Embedding(hidden, -1, false),
                true, c.flag(false, "tie_word_embeddings"), blocks);
    }

    private static Set<LinearRole> biased(Config c) {
        return c.flag(true, "attention_bias")
                ? FAMILY.names().linears().keySet()
                : Set.of(LinearRole.UP, LinearRole.DOWN);
    }
}
