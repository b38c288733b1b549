package org.wandagpu.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.wandagpu.failure.BadInputException;
import org.wandagpu.made.MadeCheckpoint;
import org.wandagpu.made.MadeModel;
import org.wandagpu.tensor.DType;
import org.wandagpu.tensor.HostTensor;

/** What a model asks of its tensors, and what it tells about itself. */
class DecoderModelTest {

    @TempDir
    private Path folder;

    private MadeModel made(String family) {
        return new MadeModel(MadeCheckpoint.of(family).write(folder.resolve("checkpoint")));
    }

    private static HostTensor empty(String name, DType dtype, long... shape) {
        return new HostTensor(name, dtype, shape, MemorySegment.NULL);
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource({
        "llama, model.layers.2.self_attn.k_proj.weight",
        "llama, model.layers.0.input_layernorm.weight",
        "llama, model.embed_tokens.weight",
        "llama, model.norm.weight",
        "llama, lm_head.weight",
        "qwen2, model.layers.1.self_attn.q_proj.bias",
        "qwen3, model.layers.1.self_attn.k_norm.weight",
        "opt, model.decoder.embed_positions.weight",
        "opt, model.decoder.final_layer_norm.bias",
        "opt, model.decoder.layers.2.fc2.bias",
        "bloom, transformer.word_embeddings_layernorm.bias",
        "bloom, transformer.h.1.self_attention.query_key_value.weight",
        "gpt_neox, embed_out.weight",
        "gpt_neox, gpt_neox.layers.2.attention.dense.bias"})
    void aMissingTensorIsNamed(String family, String tensor) {
        assertThatThrownBy(made(family).without(tensor)::open).isInstanceOf(BadInputException.class)
                .hasMessage("checkpoint: no tensor " + tensor);
    }

    @Test
    void aFileWithoutAnyTensorOfTheFamilyLacksTheFirstUnderItsUsualName() {
        MadeCheckpoint.of("opt").rename(name -> "other." + name).write(folder.resolve("checkpoint"));
        assertThatThrownBy(new MadeModel(folder.resolve("checkpoint"))::open)
                .hasMessage("checkpoint: no tensor model.decoder.layers.0.self_attn.k_proj.weight");
    }

    @Test
    void shapesOtherThanTheConfigurationsAreNamed() {
        String q = "model.layers.1.self_attn.q_proj.weight";
        String advice = "; take config.json and weights of the same model";
        long[][] shapes = {{48, 47}, {48}, {}, {1, 48, 48}, {2304}, {1L << 40, 1L << 40}, {Long.MAX_VALUE, 2}};
        String[] texts = {"[48, 47]", "[48]", "[]", "[1, 48, 48]", "[2304]", "[1099511627776, 1099511627776]",
            "[9223372036854775807, 2]"};
        for (int i = 0; i < shapes.length; i++) {
            assertThatThrownBy(made("llama").with(empty(q, DType.F32, shapes[i]))::open)
                    .isInstanceOf(BadInputException.class)
                    .hasMessage("checkpoint: tensor " + q + " has shape " + texts[i]
                            + " where config.json asks for [48, 48]" + advice);
        }
        assertThatThrownBy(made("llama").with(empty("model.embed_tokens.weight", DType.F32, 100, 48))::open)
                .hasMessage("checkpoint: tensor model.embed_tokens.weight has shape [100, 48] where config.json asks"
                        + " for [101, 48]" + advice);
        assertThatThrownBy(made("opt").with(empty("model.decoder.embed_positions.weight", DType.F32, 64, 48))::open)
                .hasMessageContaining("has shape [64, 48] where config.json asks for [66, 48]");
        assertThatThrownBy(made("qwen3").with(empty("model.layers.0.self_attn.q_norm.weight", DType.F32, 48))::open)
                .hasMessageContaining("has shape [48] where config.json asks for [16]");
    }

    @Test
    void elementTypesThatCannotBeComputedOnAreNamed() {
        for (DType dtype : List.of(DType.F64, DType.I8, DType.F8_E4M3, DType.U8)) {
            assertThatThrownBy(made("bloom").with(empty("transformer.ln_f.weight", dtype, 48))::open)
                    .isInstanceOf(BadInputException.class)
                    .hasMessage("checkpoint: tensor transformer.ln_f.weight has dtype " + dtype
                            + "; this program computes on F32, F16 and BF16");
        }
    }

    @Test
    void buffersOfAnyTypeAreIgnored() {
        MadeCheckpoint.of("gpt_neox").buffers().write(folder.resolve("checkpoint"));
        DecoderModel model = MadeModel.open(folder.resolve("checkpoint"));
        assertThat(model.prunableNames()).hasSize(12).allMatch(name -> name.endsWith(".weight"));
    }

    @Test
    void prunableNamesStandInTheOrderOfThePublishedCode() {
        assertThat(made("opt").open().prunableNames().subList(0, 7)).containsExactly(
                "model.decoder.layers.0.self_attn.k_proj.weight", "model.decoder.layers.0.self_attn.v_proj.weight",
                "model.decoder.layers.0.self_attn.q_proj.weight", "model.decoder.layers.0.self_attn.out_proj.weight",
                "model.decoder.layers.0.fc1.weight", "model.decoder.layers.0.fc2.weight",
                "model.decoder.layers.1.self_attn.k_proj.weight");
    }

    @Test
    void positionsReachAsFarAsTheRotationWasStretched() {
        assertThat(limit(MadeCheckpoint.of("llama"))).isEqualTo(64);
        assertThat(limit(MadeCheckpoint.of("llama").with("rope_scaling", Map.of("type", "linear", "factor", 4))))
                .isEqualTo(256);
        assertThat(limit(MadeCheckpoint.of("llama").with("rope_scaling", Map.of("type", "yarn", "factor", 4,
                "original_max_position_embeddings", 32)))).isEqualTo(128);
        assertThat(limit(MadeCheckpoint.of("opt"))).isEqualTo(64);
        assertThat(limit(MadeCheckpoint.of("bloom"))).isEqualTo(Integer.MAX_VALUE);
    }

    private static int limit(MadeCheckpoint checkpoint) {
        return Family.of("config.json", checkpoint.config()).read("config.json", checkpoint.config()).positionLimit();
    }
}
