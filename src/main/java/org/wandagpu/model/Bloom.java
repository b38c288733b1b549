package org.wandagpu.model;

import org.wandagpu.compute.Activation;
import org.wandagpu.model.DecoderSpec.Attention.Layout;
import org.wandagpu.model.DecoderSpec.Attention.Positions;

/** BLOOM: ALiBi instead of positions, a norm after the embedding, fused QKV per head. */
final class Bloom {

    /** Where a file has no {@code seq_length}: the published models were trained at this length. */
    private static final int TRAINED_LENGTH = 2048;

    static final Family FAMILY = new Family("bloom", Bloom::read, new TensorNames("transformer.", "h.%d.",
            OrderedNames.of(
                    LinearRole.QKV, "self_attention.query_key_value",
                    LinearRole.ATTENTION_OUT, "self_attention.dense",
                    LinearRole.UP, "mlp.dense_h_to_4h",
                    LinearRole.DOWN, "mlp.dense_4h_to_h"),
            OrderedNames.of(
                    NormRole.ATTENTION, "input_layernorm",
                    NormRole.MLP, "post_attention_layernorm"),
            "word_embeddings", null, "word_embeddings_layernorm", null, null, "ln_f", "lm_head"));

    private Bloom() {
    }

    private static DecoderSpec read(Config c) {
        int hidden = c.size("n_embed", "hidden_size");
        int heads = c.size("n_head", "num_attention_heads");
        int blocks = Blocks.count(c, "n_layer", "num_hidden_layers");
        c.divides(heads, hidden, "heads in hidden_size");
        boolean residualAfterNorm = c.flag(false, "apply_residual_connection_post_layernorm");
        return new DecoderSpec("bloom", hidden, c.size("vocab_size"),
                c.sizeOr(TRAINED_LENGTH, "max_position_embeddings", "seq_length"),
                new DecoderSpec.Norm(DecoderSpec.Norm.Kind.LAYER,
                        (float) c.positiveOr(1e-5, "layer_norm_epsilon"), true),
                residualAfterNorm ? DecoderSpec.Topology.PRE_NORM_RESIDUAL_AFTER_NORM : DecoderSpec.Topology.PRE_NORM,
                new DecoderSpec.Attention(heads, heads, hidden / heads, Layout.FUSED_PER_HEAD, false, Positions.ALIBI,
                        null, SlidingWindows.none(blocks)),
                new DecoderSpec.Mlp(false, Activation.GELU_TANH, 4 * hidden),
                FAMILY.names().linears().keySet(),
                new DecoderSpec.Embedding(hidden, -1, true),
                true, c.flag(true, "tie_word_embeddings"), blocks);
    }
}
