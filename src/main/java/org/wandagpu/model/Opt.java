package org.wandagpu.model;

import java.util.Set;
import org.wandagpu.model.DecoderSpec.Attention.Layout;
import org.wandagpu.model.DecoderSpec.Attention.Positions;

/** OPT: learned positions, LayerNorm, biases; OPT-350m is post-norm and has projections around its blocks. */
final class Opt {

    /** The position table has two rows in front that no token uses. */
    private static final int POSITION_OFFSET = 2;

    static final Family FAMILY = new Family("opt", Opt::read, new TensorNames("model.decoder.", "layers.%d.",
            OrderedNames.of(
                    LinearRole.KEY, "self_attn.k_proj",
                    LinearRole.VALUE, "self_attn.v_proj",
                    LinearRole.QUERY, "self_attn.q_proj",
                    LinearRole.ATTENTION_OUT, "self_attn.out_proj",
                    LinearRole.UP, "fc1",
                    LinearRole.DOWN, "fc2"),
            OrderedNames.of(
                    NormRole.ATTENTION, "self_attn_layer_norm",
                    NormRole.MLP, "final_layer_norm"),
            "embed_tokens", "embed_positions", null, "project_in", "project_out", "final_layer_norm", "lm_head"));

    private Opt() {
    }

    private static DecoderSpec read(Config c) {
        int hidden = c.size("hidden_size");
        int heads = c.size("num_attention_heads");
        int blocks = Blocks.count(c, "num_hidden_layers");
        c.divides(heads, hidden, "num_attention_heads in hidden_size");
        boolean normFirst = c.flag(true, "do_layer_norm_before");
        return new DecoderSpec("opt", hidden, c.size("vocab_size"), c.sizeOr(2048, "max_position_embeddings"),
                new DecoderSpec.Norm(DecoderSpec.Norm.Kind.LAYER, 1e-5f,
                        c.flag(true, "layer_norm_elementwise_affine")),
                normFirst ? DecoderSpec.Topology.PRE_NORM : DecoderSpec.Topology.POST_NORM,
                new DecoderSpec.Attention(heads, heads, hidden / heads, Layout.SEPARATE, false, Positions.LEARNED, null,
                        SlidingWindows.none(blocks)),
                new DecoderSpec.Mlp(false, Activations.read(c, "relu", "activation_function"), c.size("ffn_dim")),
                c.flag(true, "enable_bias") ? FAMILY.names().linears().keySet() : Set.of(),
                new DecoderSpec.Embedding(c.sizeOr(hidden, "word_embed_proj_dim"), POSITION_OFFSET, false),
                normFirst && !c.flag(false, "_remove_final_layer_norm"),
                c.flag(true, "tie_word_embeddings"), blocks);
    }
}
