package org.wandagpu.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.wandagpu.failure.BadInputException;
import org.wandagpu.made.MadeCheckpoint;

/** What a bad config.json gets: one line with the file, the key, its value and what would be right. */
class ConfigRefusalTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String FILE = "dir/config.json";
    private static final String KNOWN = "this program knows llama, mistral, qwen2, qwen3, opt, bloom, gpt_neox";
    private static final String SIZE = "; it must be a whole number from 1 to 134217728";

    private static DecoderSpec read(JsonNode config) {
        return Family.of(FILE, config).read(FILE, config);
    }

    private static JsonNode json(String text) {
        try {
            return JSON.readTree(text);
        } catch (IOException e) {
            throw new IllegalArgumentException(text, e);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "{} | has no model_type; " + KNOWN,
        "{\"architectures\": [\"LlamaForCausalLM\"]} | has no model_type; " + KNOWN,
        "[] | has no model_type; " + KNOWN,
        "null | has no model_type; " + KNOWN,
        "{\"model_type\": \"gpt2\"} | architecture \"gpt2\" is not known; " + KNOWN,
        "{\"model_type\": \"a\\nb\"} | architecture \"a\\nb\" is not known; " + KNOWN,
        "{\"model_type\": 7} | model_type is 7; it must be a text",
        "{\"model_type\": [\"llama\"]} | model_type is [\"llama\"]; it must be a text"})
    void architecturesThatAreNotKnownAreNamedWithThoseThatAre(String config, String message) {
        assertThatThrownBy(() -> read(json(config))).isInstanceOf(BadInputException.class)
                .hasMessage(FILE + ": " + message);
    }

    @ParameterizedTest(name = "{0}: {1} = {2}")
    @CsvSource(delimiter = '|', value = {
        "llama | hidden_size | 0 | hidden_size is 0" + SIZE,
        "llama | hidden_size | -1 | hidden_size is -1" + SIZE,
        "llama | hidden_size | 2147483648 | hidden_size is 2147483648" + SIZE,
        "llama | hidden_size | 1000000000 | hidden_size is 1000000000" + SIZE,
        "llama | hidden_size | \"4096\" | hidden_size is \"4096\"" + SIZE,
        "llama | hidden_size | 48.0 | hidden_size is 48.0" + SIZE,
        "llama | hidden_size | null | has no hidden_size; take the model's own config.json",
        "llama | num_attention_heads | 5 | num_key_value_heads in num_attention_heads: 2 does not divide 5;"
                + " take the model's own config.json",
        "mistral | num_attention_heads | 10 | num_attention_heads in hidden_size: 10 does not divide 48;"
                + " take the model's own config.json",
        "opt | num_attention_heads | 5 | num_attention_heads in hidden_size: 5 does not divide 48;"
                + " take the model's own config.json",
        "bloom | n_head | 7 | heads in hidden_size: 7 does not divide 48;"
                + " take the model's own config.json",
        "gpt_neox | num_attention_heads | 0 | num_attention_heads is 0" + SIZE,
        "llama | num_hidden_layers | 1000000000 | num_hidden_layers is 1000000000" + SIZE,
        "bloom | n_layer | 10001 | n_layer is 10001; a model has at most 10000 blocks",
        "qwen3 | head_dim | 7 | the rotated part of a head is 7 of 7 elements; it must be an even"
                + " number, at most the head",
        "gpt_neox | rotary_pct | 1.5 | the rotated part of a head is 24 of 16 elements; it must be an"
                + " even number, at most the head",
        "gpt_neox | rotary_pct | 1e9 | the rotated part of a head is 2147483647 of 16 elements; it must"
                + " be an even number, at most the head",
        "llama | rms_norm_eps | \"NaN\" | rms_norm_eps is \"NaN\"; it must be a number above 0 that fp32 can"
                + " hold",
        "llama | rms_norm_eps | 0 | rms_norm_eps is 0; it must be a number above 0 that fp32 can hold",
        "bloom | layer_norm_epsilon | -1e-5 | layer_norm_epsilon is -1.0E-5; it must be a number above 0 that"
                + " fp32 can hold",
        "gpt_neox | layer_norm_eps | 1e300 | layer_norm_eps is 1.0E300; it must be a number above 0 that fp32"
                + " can hold",
        "llama | rms_norm_eps | 1e-60 | rms_norm_eps is 1.0E-60; it must be a number above 0 that fp32"
                + " can hold",
        "llama | rope_theta | 1 | rope_theta is 1.0; it must be above 1",
        "llama | tie_word_embeddings | \"yes\" | tie_word_embeddings is \"yes\"; it must be true or false",
        "llama | hidden_act | quick_gelu | hidden_act is \"quick_gelu\"; this program knows gelu,"
                + " gelu_accurate, gelu_fast, gelu_new, gelu_python, gelu_python_tanh, gelu_pytorch_tanh, relu, silu,"
                + " swish",
        "mistral | sliding_window | -5 | sliding_window is -5" + SIZE,
        "qwen2 | max_window_layers | -1 | max_window_layers is -1; it must be a whole number from 0 to"
                + " 134217728",
        "qwen2 | layer_types | [\"full_attention\"] | layer_types does not list 3 blocks; take the model's own"
                + " config.json",
        "mistral | layer_types | [\"full_attention\", \"x\", \"x\"] | layer_types has \"x\"; this program knows"
                + " full_attention, sliding_attention for mistral",
        "llama | layer_types | [\"full_attention\", \"sliding_attention\", \"full_attention\"] | layer_types has"
                + " \"sliding_attention\"; this program knows full_attention for llama",
        "llama | partial_rotary_factor | 0.5 | partial_rotary_factor is 0.5; this program rotates whole heads in"
                + " llama"})
    void badValuesAreNamed(String family, String key, String value, String message) {
        JsonNode node = value.equals("quick_gelu") ? JSON.valueToTree(value) : json(value);
        assertThatThrownBy(() -> read(MadeCheckpoint.of(family).with(key, node).config()))
                .isInstanceOf(BadInputException.class).hasMessage(FILE + ": " + message);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', value = {
        "{\"rope_type\": \"longrope\", \"factor\": 4} | rope_type is \"longrope\"; this program knows default, dynamic,"
                + " linear, llama3, yarn",
        "{\"type\": \"su\"} | type is \"su\"; this program knows default, dynamic, linear, llama3,"
                + " yarn",
        "{\"type\": \"linear\"} | has no factor; take the model's own config.json",
        "{\"type\": \"dynamic\", \"factor\": 0} | factor is 0; it must be a number above 0 that fp32 can hold",
        "{\"rope_type\": \"llama3\", \"factor\": 8} | has no low_freq_factor; take the model's own config.json",
        "{\"rope_type\": \"llama3\", \"factor\": 8, \"low_freq_factor\": 4, \"high_freq_factor\": 4} |"
                + " high_freq_factor is 4; it must be above low_freq_factor",
        "{\"rope_type\": \"yarn\", \"original_max_position_embeddings\": 0} | original_max_position_embeddings is 0"
                + SIZE,
        "{\"full_attention\": {\"rope_type\": \"default\"}} | holds a rotation for each kind of block; this program"
                + " knows one rotation a model"})
    void rotationsThatAreNotKnownAreNamed(String scaling, String message) {
        assertThatThrownBy(() -> read(MadeCheckpoint.of("llama").with("rope_scaling", json(scaling)).config()))
                .isInstanceOf(BadInputException.class).hasMessage(FILE + ": rope_scaling: " + message);
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(delimiter = '|', value = {
        "num_local_experts | 8", "num_experts | 64", "qk_layernorm | true", "attn_logit_softcapping | 50.0",
        "final_logit_softcapping | 30.0", "rope_local_base_freq | 10000", "clip_qkv | 8", "logits_scaling | 8.0",
        "embedding_multiplier | 12", "residual_multiplier | 0.22", "attention_multiplier | 0.0078125",
        "is_encoder_decoder | true", "pruned_heads | {\"0\": [1]}", "vision_config | {\"a\": 1}",
        "no_rope_layers | [1, 0]"})
    void settingsOfOtherArchitecturesAreRefusedByName(String key, String value) {
        JsonNode node = json(value);
        assertThatThrownBy(() -> read(MadeCheckpoint.of("llama").with(key, node).config()))
                .isInstanceOf(BadInputException.class)
                .hasMessage(FILE + ": " + key + " is " + node + "; this program does not know that setting for llama");
    }

    @Test
    void quantizedWeightsAreRefused() {
        JsonNode quantization = json("{\"quant_method\": \"gptq\", \"bits\": 4}");
        assertThatThrownBy(() -> read(MadeCheckpoint.of("llama").with("quantization_config", quantization).config()))
                .isInstanceOf(BadInputException.class).hasMessage(FILE + ": has a quantization_config: its weights are"
                        + " quantized; take the checkpoint they were made from, in F32, F16 or BF16");
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(delimiter = '|', value = {
        "pretraining_tp | 2", "attention_dropout | 0.1", "use_cache | false", "torch_dtype | \"bfloat16\"",
        "num_experts | 0", "logits_scaling | 1.0", "qk_layernorm | false", "is_encoder_decoder | false",
        "pruned_heads | {}", "quantization_config | null", "auto_map | {\"AutoModel\": \"x.Y\"}", "rope_scaling | null",
        "partial_rotary_factor | 1.0", "transformers_version | \"4.31.0\"", "initializer_range | 0.02"})
    void settingsWithoutEffectOnTheArithmeticAreIgnored(String key, String value) {
        assertThat(read(MadeCheckpoint.of("llama").with(key, json(value)).config()))
                .isEqualTo(read(MadeCheckpoint.of("llama").config()));
    }

    @Test
    void codeThatCameWithAModelIsMentionedAndNotRun() {
        JsonNode code = json("{\"AutoModelForCausalLM\": \"m.X\"}");
        ObjectNode config = MadeCheckpoint.of("llama").with("auto_map", code).config();
        assertThat(Family.notes(FILE, config)).containsExactly(FILE + ": auto_map names code that came with the model;"
                + " it is not run, the arithmetic is that of llama as published");
        assertThat(Family.notes(FILE, MadeCheckpoint.of("llama").config())).isEmpty();
    }

    /** Every key of every family set to every kind of nonsense: read or refused in one line, never anything else. */
    @ParameterizedTest
    @ValueSource(strings = {"llama", "mistral", "qwen2", "qwen3", "opt", "bloom", "gpt_neox"})
    void nonsenseIsReadOrRefusedInOneLine(String family) {
        String[] values = {"0", "-1", "1", "3", "2147483647", "2147483648", "1e308", "-0.0", "\"x\"", "\"\"", "true",
            "null", "[]", "{}", "[[[]]]", "{\"type\": {}}", "1e-320", "123456789012345678901234567890"};
        Random random = new Random(3);
        int refused = 0;
        for (int round = 0; round < 3000; round++) {
            ObjectNode config = MadeCheckpoint.of(family).with("rope_scaling", Map.of("type", "yarn", "factor", 2,
                    "beta_fast", 8, "original_max_position_embeddings", 16)).config();
            ObjectNode target = random.nextInt(4) == 0 ? (ObjectNode) config.get("rope_scaling") : config;
            String[] keys = target.propertyStream().map(Map.Entry::getKey).toArray(String[]::new);
            String key = keys[random.nextInt(keys.length)];
            target.set(key, json(values[random.nextInt(values.length)]));
            Throwable thrown = catchThrowable(() -> read(config));
            if (thrown != null) {
                refused++;
                assertThat(thrown).as("seed 3, round %d: %s", round, config).isInstanceOf(BadInputException.class);
                assertThat(thrown.getMessage()).startsWith(FILE).doesNotContain("\n");
            }
        }
        assertThat(refused).isBetween(300, 2900);
    }
}
