package org.wandagpu.made;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Names and shapes of the tensors in a checkpoint of each family, written from the published model definitions and
 * without the program's own tables.
 */
final class MadeTensors {

    private final JsonNode config;
    private final boolean storesTiedHead;
    private final Map<String, long[]> shapes = new LinkedHashMap<>();

    private MadeTensors(JsonNode config, boolean storesTiedHead) {
        this.config = config;
        this.storesTiedHead = storesTiedHead;
    }

    /**
     * Tensors with the family's usual prefix.
     *
     * @param storesTiedHead whether a head is stored though it is tied
     */
    static Map<String, long[]> of(JsonNode config, boolean storesTiedHead) {
        MadeTensors tensors = new MadeTensors(config, storesTiedHead);
        switch (config.get("model_type").asText()) {
            case "llama", "mistral", "qwen2", "qwen3" -> tensors.llamaLike();
            case "opt" -> tensors.opt();
            case "bloom" -> tensors.bloom();
            case "gpt_neox" -> tensors.neox();
            default -> throw new IllegalArgumentException(config.toString());
        }
        return tensors.shapes;
    }

    private long number(String... keys) {
        for (String key : keys) {
            if (config.hasNonNull(key)) {
                return config.get(key).asLong();
            }
        }
        throw new IllegalArgumentException("made config lacks " + String.join(" or ", keys));
    }

    private long numberOr(long fallback, String key) {
        return config.hasNonNull(key) ? config.get(key).asLong() : fallback;
    }

    private boolean flag(String key, boolean fallback) {
        return config.hasNonNull(key) ? config.get(key).asBoolean() : fallback;
    }

    private void linear(String name, long out, long in, boolean bias) {
        shapes.put(name + ".weight", new long[] {out, in});
        if (bias) {
            shapes.put(name + ".bias", new long[] {out});
        }
    }

    private void norm(String name, long length, boolean bias) {
        shapes.put(name + ".weight", new long[] {length});
        if (bias) {
            shapes.put(name + ".bias", new long[] {length});
        }
    }

    private void llamaLike() {
        String family = config.get("model_type").asText();
        long hidden = number("hidden_size");
        long inner = number("intermediate_size");
        long heads = number("num_attention_heads");
        long headDim = numberOr(family.equals("qwen3") ? 128 : hidden / heads, "head_dim");
        long absentKeyHeads = family.equals("mistral") && !config.has("num_key_value_heads") ? 8 : heads;
        long keys = headDim * numberOr(absentKeyHeads, "num_key_value_heads");
        boolean qkvBias = family.equals("qwen2") || flag("attention_bias", false);
        boolean outBias = !family.equals("qwen2") && flag("attention_bias", false);
        boolean mlpBias = flag("mlp_bias", false);
        linear("model.embed_tokens", number("vocab_size"), hidden, false);
        for (long i = 0; i < number("num_hidden_layers"); i++) {
            String block = "model.layers." + i + ".";
            norm(block + "input_layernorm", hidden, false);
            norm(block + "post_attention_layernorm", hidden, false);
            linear(block + "self_attn.q_proj", heads * headDim, hidden, qkvBias);
            linear(block + "self_attn.k_proj", keys, hidden, qkvBias);
            linear(block + "self_attn.v_proj", keys, hidden, qkvBias);
            linear(block + "self_attn.o_proj", hidden, heads * headDim, outBias);
            if (family.equals("qwen3")) {
                norm(block + "self_attn.q_norm", headDim, false);
                norm(block + "self_attn.k_norm", headDim, false);
            }
            linear(block + "mlp.gate_proj", inner, hidden, mlpBias);
            linear(block + "mlp.up_proj", inner, hidden, mlpBias);
            linear(block + "mlp.down_proj", hidden, inner, mlpBias);
        }
        norm("model.norm", hidden, false);
        if (storesTiedHead || !flag("tie_word_embeddings", false)) {
            linear("lm_head", number("vocab_size"), hidden, false);
        }
    }

    private void opt() {
        long hidden = number("hidden_size");
        long width = numberOr(hidden, "word_embed_proj_dim");
        boolean bias = flag("enable_bias", true);
        boolean learned = flag("layer_norm_elementwise_affine", true);
        linear("model.decoder.embed_tokens", number("vocab_size"), width, false);
        linear("model.decoder.embed_positions", number("max_position_embeddings") + 2, hidden, false);
        if (width != hidden) {
            linear("model.decoder.project_in", hidden, width, false);
            linear("model.decoder.project_out", width, hidden, false);
        }
        for (long i = 0; i < number("num_hidden_layers"); i++) {
            String block = "model.decoder.layers." + i + ".";
            for (String name : new String[] {"k_proj", "v_proj", "q_proj", "out_proj"}) {
                linear(block + "self_attn." + name, hidden, hidden, bias);
            }
            linear(block + "fc1", number("ffn_dim"), hidden, bias);
            linear(block + "fc2", hidden, number("ffn_dim"), bias);
            if (learned) {
                norm(block + "self_attn_layer_norm", hidden, true);
                norm(block + "final_layer_norm", hidden, true);
            }
        }
        if (learned && flag("do_layer_norm_before", true) && !flag("_remove_final_layer_norm", false)) {
            norm("model.decoder.final_layer_norm", hidden, true);
        }
        if (storesTiedHead || !flag("tie_word_embeddings", true)) {
            linear("lm_head", number("vocab_size"), width, false);
        }
    }

    private void bloom() {
        long hidden = number("n_embed", "hidden_size");
        linear("transformer.word_embeddings", number("vocab_size"), hidden, false);
        norm("transformer.word_embeddings_layernorm", hidden, true);
        for (long i = 0; i < number("n_layer", "num_hidden_layers"); i++) {
            String block = "transformer.h." + i + ".";
            norm(block + "input_layernorm", hidden, true);
            norm(block + "post_attention_layernorm", hidden, true);
            linear(block + "self_attention.query_key_value", 3 * hidden, hidden, true);
            linear(block + "self_attention.dense", hidden, hidden, true);
            linear(block + "mlp.dense_h_to_4h", 4 * hidden, hidden, true);
            linear(block + "mlp.dense_4h_to_h", hidden, 4 * hidden, true);
        }
        norm("transformer.ln_f", hidden, true);
        if (storesTiedHead || !flag("tie_word_embeddings", true)) {
            linear("lm_head", number("vocab_size"), hidden, false);
        }
    }

    private void neox() {
        long hidden = number("hidden_size");
        boolean bias = flag("attention_bias", true);
        linear("gpt_neox.embed_in", number("vocab_size"), hidden, false);
        for (long i = 0; i < number("num_hidden_layers"); i++) {
            String block = "gpt_neox.layers." + i + ".";
            norm(block + "input_layernorm", hidden, true);
            norm(block + "post_attention_layernorm", hidden, true);
            linear(block + "attention.query_key_value", 3 * hidden, hidden, bias);
            linear(block + "attention.dense", hidden, hidden, bias);
            linear(block + "mlp.dense_h_to_4h", number("intermediate_size"), hidden, true);
            linear(block + "mlp.dense_4h_to_h", hidden, number("intermediate_size"), true);
        }
        norm("gpt_neox.final_layer_norm", hidden, true);
        if (storesTiedHead || !flag("tie_word_embeddings", false)) {
            linear("embed_out", number("vocab_size"), hidden, false);
        }
    }
}
