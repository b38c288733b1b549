package org.wandagpu.made;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.wandagpu.tensor.DType;

/** Every variant of every family that a config.json can ask for, each as a made checkpoint with a name. */
public final class FamilyCases {

    /**
     * A variant.
     *
     * @param name for messages
     * @param tokens length of the sequence to try it on
     * @param checkpoint makes it
     */
    public record FamilyCase(String name, int tokens, MadeCheckpoint checkpoint) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static final int TOKENS = 24;

    private FamilyCases() {
    }

    /** All variants. */
    public static List<FamilyCase> all() {
        return Stream.of(llama(), rope(), mistral(), qwen(), opt(), bloom(), neox()).flatMap(List::stream).toList();
    }

    private static FamilyCase of(String name, MadeCheckpoint checkpoint) {
        return new FamilyCase(name, TOKENS, checkpoint);
    }

    /** LLaMA with each of its switches. */
    public static List<FamilyCase> llama() {
        MadeCheckpoint headNameOnly = MadeCheckpoint.of("llama").with("tie_word_embeddings", true)
                .rename(name -> name.equals("model.embed_tokens.weight") ? "lm_head.weight" : name);
        return List.of(
                of("llama", MadeCheckpoint.of("llama")),
                of("llama without kv heads", MadeCheckpoint.of("llama").without("num_key_value_heads")),
                of("llama null kv heads", MadeCheckpoint.of("llama").with("num_key_value_heads", null)),
                of("llama attention_bias", MadeCheckpoint.of("llama").with("attention_bias", true)),
                of("llama mlp_bias", MadeCheckpoint.of("llama").with("mlp_bias", true)),
                of("llama head_dim", MadeCheckpoint.of("llama").with("head_dim", 12)),
                of("llama one kv head", MadeCheckpoint.of("llama").with("num_key_value_heads", 1)),
                of("llama tied", MadeCheckpoint.of("llama").with("tie_word_embeddings", true)),
                of("llama tied, head's name only", headNameOnly),
                of("llama tied, another head stored", MadeCheckpoint.of("llama").with("tie_word_embeddings", true)
                        .storesTiedHead()),
                of("llama gelu_new", MadeCheckpoint.of("llama").with("hidden_act", "gelu_new")),
                of("llama without prefix", MadeCheckpoint.of("llama").rename(name -> name.replace("model.", ""))),
                of("llama F16 sharded odd", MadeCheckpoint.of("llama").dtype(DType.F16).shards(3).oddDataStart()),
                of("llama BF16 with F32 norms", MadeCheckpoint.of("llama").dtype(DType.BF16).normDtype(DType.F32)),
                of("llama default epsilon", MadeCheckpoint.of("llama").without("rms_norm_eps").without("rope_theta")));
    }

    /** Every kind of rotation in every spelling. */
    public static List<FamilyCase> rope() {
        Map<String, Object> bands = Map.of("rope_type", "llama3", "factor", 8.0, "low_freq_factor", 1.0,
                "high_freq_factor", 4.0, "original_max_position_embeddings", 32);
        Map<String, Object> yarn = Map.of("rope_type", "yarn", "factor", 4.0, "original_max_position_embeddings", 16);
        return List.of(
                of("rope linear, old key", scaled(Map.of("type", "linear", "factor", 2.5))),
                of("rope default", scaled(Map.of("rope_type", "default"))),
                of("rope llama3", scaled(bands)),
                of("rope llama3, length at the top", scaled(Map.of("rope_type", "llama3", "factor", 8.0,
                        "low_freq_factor", 1.0, "high_freq_factor", 4.0)).with("original_max_position_embeddings", 32)),
                of("rope dynamic, short", scaled(Map.of("type", "dynamic", "factor", 2.0))),
                new FamilyCase("rope dynamic, beyond the trained length", 40,
                        scaled(Map.of("type", "dynamic", "factor", 3.0)).with("max_position_embeddings", 16)),
                of("rope yarn", scaled(yarn)),
                of("rope yarn attention_factor", scaled(more(yarn, Map.of("attention_factor", 1.3)))),
                of("rope yarn mscale", scaled(more(yarn, Map.of("mscale", 0.7, "mscale_all_dim", 1.1)))),
                of("rope yarn one mscale", scaled(more(yarn, Map.of("mscale", 0.7)))),
                of("rope yarn not truncated",
                        scaled(more(yarn, Map.of("truncate", false, "beta_fast", 8, "beta_slow", 2)))),
                of("rope_parameters", MadeCheckpoint.of("llama").without("rope_theta").with("rope_parameters",
                        Map.of("rope_type", "linear", "factor", 2.0, "rope_theta", 5000.0))),
                of("rope_parameters default", MadeCheckpoint.of("qwen3").without("rope_theta").with("rope_parameters",
                        Map.of("rope_type", "default", "rope_theta", 1000000.0))),
                of("rope both spellings", MadeCheckpoint.of("llama")
                        .with("rope_scaling", Map.of("rope_type", "linear", "factor", 2.0))
                        .with("rope_parameters", Map.of("rope_type", "linear", "factor", 4.0))));
    }

    private static MadeCheckpoint scaled(Map<String, Object> scaling) {
        return MadeCheckpoint.of("llama").with("head_dim", 16).with("rope_theta", 500.0).with("rope_scaling", scaling);
    }

    private static Map<String, Object> more(Map<String, Object> some, Map<String, Object> others) {
        Map<String, Object> all = new TreeMap<>(some);
        all.putAll(others);
        return all;
    }

    /** Mistral with and without its window. */
    public static List<FamilyCase> mistral() {
        return List.of(
                of("mistral", MadeCheckpoint.of("mistral")),
                of("mistral null window", MadeCheckpoint.of("mistral").with("sliding_window", null)),
                of("mistral default window", MadeCheckpoint.of("mistral").without("sliding_window")),
                of("mistral head_dim", MadeCheckpoint.of("mistral").with("head_dim", 20)),
                of("mistral layer_types", MadeCheckpoint.of("mistral").with("head_dim", 8).with("layer_types",
                        List.of("sliding_attention", "full_attention", "sliding_attention"))),
                of("mistral default kv heads", MadeCheckpoint.of("mistral").with("num_attention_heads", 16)
                        .with("hidden_size", 64).without("num_key_value_heads").dtype(DType.BF16)));
    }

    /** Qwen2 and Qwen3. */
    public static List<FamilyCase> qwen() {
        return List.of(
                of("qwen2", MadeCheckpoint.of("qwen2")),
                of("qwen2 tied", MadeCheckpoint.of("qwen2").with("tie_word_embeddings", true).dtype(DType.BF16)),
                of("qwen2 window switched off", MadeCheckpoint.of("qwen2").with("sliding_window", 5)
                        .with("max_window_layers", 1)),
                of("qwen2 window from block 1", MadeCheckpoint.of("qwen2").with("use_sliding_window", true)
                        .with("sliding_window", 5).with("max_window_layers", 1)),
                of("qwen2 default first window", MadeCheckpoint.of("qwen2").with("use_sliding_window", true)
                        .with("sliding_window", 5)),
                of("qwen2 layer_types", MadeCheckpoint.of("qwen2").with("use_sliding_window", true)
                        .with("sliding_window", 5).with("max_window_layers", 3).with("layer_types",
                                List.of("full_attention", "sliding_attention", "full_attention"))),
                of("qwen3", MadeCheckpoint.of("qwen3")),
                of("qwen3 tied F16", MadeCheckpoint.of("qwen3").with("tie_word_embeddings", true).dtype(DType.F16)),
                of("qwen3 attention_bias", MadeCheckpoint.of("qwen3").with("attention_bias", true)),
                of("qwen3 default head_dim", MadeCheckpoint.of("qwen3").without("head_dim")),
                of("qwen3 window", MadeCheckpoint.of("qwen3").with("use_sliding_window", true)
                        .with("sliding_window", 4).with("max_window_layers", 0)));
    }

    /** OPT, its 350m form included. */
    public static List<FamilyCase> opt() {
        return List.of(
                of("opt", MadeCheckpoint.of("opt")),
                of("opt projections", MadeCheckpoint.of("opt").with("word_embed_proj_dim", 32)),
                of("opt post-norm", MadeCheckpoint.of("opt").with("do_layer_norm_before", false)),
                of("opt 350m", MadeCheckpoint.of("opt").with("do_layer_norm_before", false)
                        .with("word_embed_proj_dim", 32).dtype(DType.F16)),
                of("opt without final norm", MadeCheckpoint.of("opt").with("_remove_final_layer_norm", true)),
                of("opt without biases", MadeCheckpoint.of("opt").with("enable_bias", false)),
                of("opt plain norms", MadeCheckpoint.of("opt").with("layer_norm_elementwise_affine", false)),
                of("opt gelu", MadeCheckpoint.of("opt").with("activation_function", "gelu")),
                of("opt null projection width", MadeCheckpoint.of("opt").with("word_embed_proj_dim", null)),
                of("opt tied, another head stored", MadeCheckpoint.of("opt").storesTiedHead()),
                of("opt untied", MadeCheckpoint.of("opt").with("tie_word_embeddings", false)
                        .with("word_embed_proj_dim", 32)),
                of("opt short prefix", MadeCheckpoint.of("opt").rename(name -> name.replace("model.", ""))),
                new FamilyCase("opt all positions", 64, MadeCheckpoint.of("opt").dtype(DType.BF16)));
    }

    /** BLOOM. */
    public static List<FamilyCase> bloom() {
        return List.of(
                of("bloom", MadeCheckpoint.of("bloom")),
                of("bloom 6 heads", MadeCheckpoint.of("bloom").with("n_head", 6)),
                of("bloom 12 heads", MadeCheckpoint.of("bloom").with("n_head", 12).dtype(DType.F16)),
                of("bloom residual after norm",
                        MadeCheckpoint.of("bloom").with("apply_residual_connection_post_layernorm", true)),
                of("bloom other spellings", MadeCheckpoint.of("bloom").without("n_layer").without("n_head")
                        .without("hidden_size").with("num_hidden_layers", 3).with("num_attention_heads", 6)
                        .with("n_embed", 48).with("seq_length", 2048)),
                of("bloom n_embed wins", MadeCheckpoint.of("bloom").with("hidden_size", 64).with("n_embed", 48)),
                of("bloom without prefix", MadeCheckpoint.of("bloom").rename(name -> name.replace("transformer.", ""))),
                of("bloom untied", MadeCheckpoint.of("bloom").with("tie_word_embeddings", false)),
                of("bloom pretraining_tp", MadeCheckpoint.of("bloom").with("pretraining_tp", 4)
                        .with("slow_but_exact", false)));
    }

    /** GPT-NeoX. */
    public static List<FamilyCase> neox() {
        return List.of(
                of("neox", MadeCheckpoint.of("gpt_neox")),
                of("neox sequential", MadeCheckpoint.of("gpt_neox").with("use_parallel_residual", false)),
                of("neox rotary_pct 1", MadeCheckpoint.of("gpt_neox").with("rotary_pct", 1.0)),
                of("neox rotary_pct 0.5", MadeCheckpoint.of("gpt_neox").with("rotary_pct", 0.5)),
                of("neox default rotary_pct", MadeCheckpoint.of("gpt_neox").without("rotary_pct").dtype(DType.F16)),
                of("neox older base", MadeCheckpoint.of("gpt_neox").with("rotary_emb_base", 500)),
                of("neox rope_parameters", MadeCheckpoint.of("gpt_neox").without("rotary_pct").with("rope_parameters",
                        Map.of("rope_type", "default", "rope_theta", 500.0, "partial_rotary_factor", 0.5))),
                of("neox rope_scaling", MadeCheckpoint.of("gpt_neox")
                        .with("rope_scaling", Map.of("type", "linear", "factor", 2.0))),
                of("neox gelu_new", MadeCheckpoint.of("gpt_neox").with("hidden_act", "gelu_new")),
                of("neox gelu_fast", MadeCheckpoint.of("gpt_neox").with("hidden_act", "gelu_fast")),
                of("neox relu", MadeCheckpoint.of("gpt_neox").with("hidden_act", "relu")),
                of("neox without attention_bias", MadeCheckpoint.of("gpt_neox").with("attention_bias", false)),
                of("neox tied", MadeCheckpoint.of("gpt_neox").with("tie_word_embeddings", true)),
                of("neox buffers", MadeCheckpoint.of("gpt_neox").buffers().dtype(DType.BF16)));
    }
}
