package org.wandagpu.model;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/**
 * Settings of other architectures that some files carry under a known {@code model_type}. Each changes the arithmetic
 * in a way that no family here has, so a file that switches one on is refused by its name instead of being computed
 * wrongly. Settings that only concern training, speed or storage are not listed and are ignored.
 */
final class ForeignSettings {

    /** Off when absent, null, false, 0 or empty. */
    private static final List<String> SWITCHES = List.of(
            // mixtures of experts, low-rank attention
            "num_experts", "num_local_experts", "n_routed_experts", "moe_intermediate_size", "kv_lora_rank",
            // norms and limits inside attention or the head
            "qk_layernorm", "qk_norm", "use_qk_norm", "clip_qkv", "attn_logit_softcapping", "final_logit_softcapping",
            "attention_multiplier", "query_pre_attn_scalar",
            // positions and masks
            "rope_local_base_freq", "no_rope_layers", "rope_interleaved", "alibi", "attention_chunk_size",
            "scale_embeddings",
            // another kind of model altogether
            "is_encoder_decoder", "add_cross_attention", "pruned_heads", "text_config", "vision_config");

    /** Without effect when absent, null or 1. */
    private static final List<String> FACTORS = List.of(
            "embedding_multiplier", "residual_multiplier", "logits_scaling", "logit_scale", "scale_emb", "scale_depth");

    private ForeignSettings() {
    }

    /** @throws org.wandagpu.failure.BadInputException naming the first setting that is switched on */
    static void refuse(Config c) {
        if (isOn(c.find("quantization_config"))) {
            throw c.bad("has a quantization_config: its weights are quantized",
                    "take the checkpoint they were made from, in F32, F16 or BF16");
        }
        for (String key : SWITCHES) {
            if (isOn(c.find(key))) {
                throw unknown(c, key);
            }
        }
        for (String key : FACTORS) {
            JsonNode value = c.find(key);
            if (value != null && !(value.isNumber() && value.doubleValue() == 1)) {
                throw unknown(c, key);
            }
        }
    }

    private static RuntimeException unknown(Config c, String key) {
        return c.badValue(key, "this program does not know that setting for " + c.textOr("", "model_type"));
    }

    private static boolean isOn(JsonNode value) {
        if (value == null) {
            return false;
        }
        return switch (value.getNodeType()) {
            case BOOLEAN -> value.booleanValue();
            case NUMBER -> value.doubleValue() != 0;
            case ARRAY, OBJECT -> !value.isEmpty();
            default -> true;
        };
    }
}
