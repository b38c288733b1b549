package org.wandagpu.model;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.wandagpu.compute.Activation;
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

    static final List<Family> FAMILIES = List.of(
            new Family("llama", c -> read(c, "llama", 1, false), NAMES),
            new Family("mistral", c -> read(c, "mistral", 4, false), NAMES),
            new Family("qwen2", c -> read(c, "qwen2", 1, false), NAMES),
            new Family("qwen3", c -> read(c, "qwen3", 1, true), NAMES));

    private static final Map<String, Activation> ACTIVATIONS = Map.of(
            "silu", Activation.SILU,
            "swish", Activation.SILU,
            "relu", Activation.RELU,
            "gelu", Activation.GELU_ERF,
            "gelu_new", Activation.GELU_TANH,
            "gelu_pytorch_tanh", Activation.GELU_TANH);

    private LlamaLike() {
    }

    private static DecoderSpec read(Config c, String family, int defaultQueryHeadsPerKey, boolean headNorm) {
        int hidden = c.size("hidden_size");
        int heads = c.size("num_attention_heads");
        int blocks = Blocks.count(c, "num_hidden_layers");
        int kvHeads = c.sizeOr(Math.max(1, heads / defaultQueryHeadsPerKey), "num_key_value_heads");
        c.divides(kvHeads, heads, "num_key_value_heads in num_attention_heads");
        if (c.find("head_dim") == null) {
            c.divides(heads, hidden, "num_attention_heads in hidden_size");
        }
        int headDim = c.sizeOr(hidden / heads, "head_dim");
        int maxPositions = c.sizeOr(2048, "max_position_embeddings");
        String activation = c.oneOf(ACTIVATIONS.keySet(), "silu", "hidden_act");
        return new DecoderSpec(family, hidden, c.size("vocab_size"), maxPositions,
                new DecoderSpec.Norm(DecoderSpec.Norm.Kind.RMS, (float) c.positive(1e-6, "rms_norm_eps")),
                DecoderSpec.Topology.PRE_NORM,
                new DecoderSpec.Attention(heads, kvHeads, headDim, Layout.SEPARATE, headNorm, Positions.ROTARY,
                        Rope.read(c, headDim, maxPositions, 1, 10000), windows(c, family, blocks)),
                new DecoderSpec.Mlp(true, ACTIVATIONS.get(activation), c.size("intermediate_size")), biased(c, family),
                new DecoderSpec.Embedding(hidden, -1, false),
                true, c.flag(false, "tie_word_embeddings"), blocks);
    }

    /** Qwen2 has biases on q, k and v by its nature; the others have what their configuration switches on. */
    private static Set<LinearRole> biased(Config c, String family) {
        Set<LinearRole> biased = EnumSet.noneOf(LinearRole.class);
        if (family.equals("qwen2") || c.flag(false, "attention_bias")) {
            biased.addAll(Set.of(LinearRole.QUERY, LinearRole.KEY, LinearRole.VALUE));
        }
        if (!family.equals("qwen2") && c.flag(false, "attention_bias")) {
            biased.add(LinearRole.ATTENTION_OUT);
        }
        if (c.flag(false, "mlp_bias")) {
            biased.addAll(Set.of(LinearRole.GATE, LinearRole.UP, LinearRole.DOWN));
        }
        return biased;
    }

    /** Sliding windows: Mistral's holds for all blocks, Qwen's for those that {@code layer_types} or a limit names. */
    private static List<Integer> windows(Config c, String family, int blocks) {
        int window = c.find("sliding_window") == null ? 0 : c.size("sliding_window");
        boolean qwen = family.startsWith("qwen");
        if (family.equals("llama") || window == 0 || (qwen && !c.flag(false, "use_sliding_window"))) {
            return Collections.nCopies(blocks, 0);
        }
        JsonNode types = c.find("layer_types");
        if (types != null) {
            return windowsByType(c, types, window, blocks);
        }
        int firstSliding = qwen ? c.root().path("max_window_layers").asInt(28) : 0;
        List<Integer> windows = new ArrayList<>();
        for (int block = 0; block < blocks; block++) {
            windows.add(block >= firstSliding ? window : 0);
        }
        return windows;
    }

    private static List<Integer> windowsByType(Config c, JsonNode types, int window, int blocks) {
        if (!types.isArray() || types.size() != blocks) {
            throw c.bad("layer_types does not list " + blocks + " blocks", "take the model's own config.json");
        }
        List<Integer> windows = new ArrayList<>();
        for (JsonNode type : types) {
            if (!Set.of("full_attention", "sliding_attention").contains(type.asText())) {
                throw c.bad("layer_types has " + type, "this program knows full_attention, sliding_attention");
            }
            windows.add(type.asText().equals("sliding_attention") ? window : 0);
        }
        return windows;
    }
}
