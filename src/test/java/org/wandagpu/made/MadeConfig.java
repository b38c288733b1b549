package org.wandagpu.made;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** A small config.json of each family; sizes differ from each other wherever a mix-up could hide. */
final class MadeConfig {

    private MadeConfig() {
    }

    static ObjectNode of(String family) {
        ObjectNode c = new ObjectMapper().createObjectNode();
        c.put("model_type", family);
        c.put("vocab_size", 101);
        switch (family) {
            case "llama", "mistral", "qwen2", "qwen3" -> llamaLike(c, family);
            case "opt" -> c.put("hidden_size", 48).put("num_hidden_layers", 3).put("num_attention_heads", 4)
                    .put("ffn_dim", 80).put("max_position_embeddings", 64).put("word_embed_proj_dim", 48)
                    .put("do_layer_norm_before", true).put("activation_function", "relu")
                    .put("bos_token_id", 2).put("eos_token_id", 2);
            case "bloom" -> c.put("hidden_size", 48).put("n_layer", 3).put("n_head", 4)
                    .put("bos_token_id", 1).put("eos_token_id", 2);
            case "gpt_neox" -> c.put("hidden_size", 48).put("num_hidden_layers", 3).put("num_attention_heads", 3)
                    .put("intermediate_size", 80).put("max_position_embeddings", 64).put("rotary_pct", 0.25)
                    .put("bos_token_id", 0).put("eos_token_id", 0);
            default -> throw new IllegalArgumentException(family);
        }
        return c;
    }

    private static void llamaLike(ObjectNode c, String family) {
        c.put("hidden_size", 48).put("num_hidden_layers", 3).put("num_attention_heads", 6)
                .put("num_key_value_heads", 2).put("intermediate_size", 80).put("max_position_embeddings", 64)
                .put("rms_norm_eps", 1e-5).put("rope_theta", 10000.0).put("bos_token_id", 1).put("eos_token_id", 2);
        if (family.equals("mistral")) {
            c.put("sliding_window", 7);
        }
        if (family.equals("qwen3")) {
            c.put("head_dim", 16);
        }
    }
}
