package org.wandagpu.model;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiFunction;
import org.wandagpu.model.DecoderSpec.Attention.Layout;
import org.wandagpu.model.DecoderSpec.Attention.Positions;

/** LLaMA 1–3 and the families that differ from it by biases, head norms and sliding windows: Mistral, Qwen2, Qwen3. */
final class LlamaLike {

    private static final TensorNames NAMES = new TensorNames("model.", "layers.%d.",
            OrderedNames.of(
                    LinearRole.QUERY, "self_attn.q_proj",
                    LinearRole.KEY, "self_attn.k_proj",
                    LinearRole.VALUE, "self_attn.v_proj",
                    LinearRole.ATTENTION_OUT, "self_attn.o_proj",
                    LinearRole.GATE, "mlp.gate_proj",
                    LinearRole.UP, "mlp.up_proj",
                    LinearRole.DOWN, "mlp.down_proj"),
            OrderedNames.of(
                    NormRole.ATTENTION, "input_layernorm",
                    NormRole.MLP, "post_attention_layernorm",
                    NormRole.QUERY_HEAD, "self_attn.q_norm",
                    NormRole.KEY_HEAD, "self_attn.k_norm"),
            "embed_tokens", null, null, null, null, "norm", "lm_head");

    /**
     * Where a family leaves LLaMA, defaults of the published configuration classes included.
     *
     * @param positions {@code max_position_embeddings} where the file names none
     * @param kvHeads {@code num_key_value_heads} where the file does not mention it; 0 = as many as query heads
     * @param headDim {@code head_dim} where the file names none; 0 = hidden size / heads
     * @param windows reads the sliding windows
     * @param switchedBiases linear layers whose bias {@code attention_bias} and {@code mlp_bias} switch on
     * @param fixedBiases linear layers that always have a bias
     * @param headNorm whether query and key heads pass a norm
     */
    private record Traits(int positions, int kvHeads, int headDim, BiFunction<Config, Integer, List<Integer>> windows,
            Set<LinearRole> switchedBiases, Set<LinearRole> fixedBiases, boolean headNorm) {
    }

    private static final Set<LinearRole> QUERY_KEY_VALUE =
            EnumSet.of(LinearRole.QUERY, LinearRole.KEY, LinearRole.VALUE);
    private static final Set<LinearRole> ATTENTION =
            EnumSet.of(LinearRole.QUERY, LinearRole.KEY, LinearRole.VALUE, LinearRole.ATTENTION_OUT);

    static final List<Family> FAMILIES = List.of(
            family("llama", new Traits(2048, 0, 0, SlidingWindows::llama, NAMES.linears().keySet(), Set.of(), false)),
            family("mistral", new Traits(131072, 8, 0, SlidingWindows::mistral, Set.of(), Set.of(), false)),
            family("qwen2", new Traits(32768, 32, 0, SlidingWindows::qwen, Set.of(), QUERY_KEY_VALUE, false)),
            family("qwen3", new Traits(32768, 32, 128, SlidingWindows::qwen, ATTENTION, Set.of(), true)));

    private LlamaLike() {
    }

    private static Family family(String name, Traits traits) {
        return new Family(name, c -> read(c, name, traits), NAMES);
    }

    private static DecoderSpec read(Config c, String family, Traits traits) {
        int blocks = Blocks.count(c, "num_hidden_layers");
        int maxPositions = c.sizeOr(traits.positions, "max_position_embeddings");
        DecoderSpec.Attention attention = attention(c, traits, blocks, maxPositions);
        return new DecoderSpec(family, c.size("hidden_size"), c.size("vocab_size"),
                attention.rope().longest(maxPositions),
                new DecoderSpec.Norm(DecoderSpec.Norm.Kind.RMS, (float) c.positiveOr(1e-6, "rms_norm_eps"), true),
                DecoderSpec.Topology.PRE_NORM, attention,
                new DecoderSpec.Mlp(true, Activations.read(c, "silu", "hidden_act"), c.size("intermediate_size")),
                biased(c, traits), new DecoderSpec.Embedding(c.size("hidden_size"), -1, false),
                true, c.flag(false, "tie_word_embeddings"), blocks);
    }

    private static DecoderSpec.Attention attention(Config c, Traits traits, int blocks, int maxPositions) {
        int hidden = c.size("hidden_size");
        int heads = c.size("num_attention_heads");
        int kvHeads = c.mentions("num_key_value_heads") || traits.kvHeads == 0
                ? c.sizeOr(heads, "num_key_value_heads") : traits.kvHeads;
        c.divides(kvHeads, heads, "num_key_value_heads in num_attention_heads");
        boolean namesHeadDim = traits.headDim != 0 || c.find("head_dim") != null;
        if (!namesHeadDim) {
            c.divides(heads, hidden, "num_attention_heads in hidden_size");
        }
        int headDim = c.sizeOr(namesHeadDim ? traits.headDim : hidden / heads, "head_dim");
        return new DecoderSpec.Attention(heads, kvHeads, headDim, Layout.SEPARATE, traits.headNorm, Positions.ROTARY,
                new RopeReader(c, maxPositions).wholeHeads(headDim), traits.windows.apply(c, blocks));
    }

    private static Set<LinearRole> biased(Config c, Traits traits) {
        Set<LinearRole> switchedOn = EnumSet.noneOf(LinearRole.class);
        if (c.flag(false, "attention_bias")) {
            switchedOn.addAll(ATTENTION);
        }
        if (c.flag(false, "mlp_bias")) {
            switchedOn.addAll(EnumSet.of(LinearRole.GATE, LinearRole.UP, LinearRole.DOWN));
        }
        switchedOn.retainAll(traits.switchedBiases);
        switchedOn.addAll(traits.fixedBiases);
        return switchedOn;
    }
}
