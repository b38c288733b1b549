package org.wandagpu.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.wandagpu.compute.Device;
import org.wandagpu.compute.cpu.CpuDevice;
import org.wandagpu.failure.UsageException;
import org.wandagpu.generate.Generator.Options;
import org.wandagpu.made.FamilyCases.FamilyCase;
import org.wandagpu.made.MadeCheckpoint;
import org.wandagpu.made.MadeModel;
import org.wandagpu.model.DecoderModel;
import org.wandagpu.model.Forward;
import org.wandagpu.oracle.OracleTransformer;

/** Decoding with the cache against the oracle, which computes the whole sequence anew for each token. */
class GeneratorTest {

    private static final int[] PROMPT = {5, 90, 33, 7, 61};
    private static final Options GREEDY = new Options(20, 0, 0, Set.of());

    @TempDir
    private Path folder;

    static List<FamilyCase> models() {
        return List.of(
                new FamilyCase("llama", 20, MadeCheckpoint.of("llama")),
                new FamilyCase("mistral, window shorter than the text", 20, MadeCheckpoint.of("mistral")),
                new FamilyCase("qwen2, some blocks with a window", 20, MadeCheckpoint.of("qwen2")
                        .with("use_sliding_window", true).with("sliding_window", 4).with("max_window_layers", 1)),
                new FamilyCase("qwen3", 20, MadeCheckpoint.of("qwen3")),
                new FamilyCase("opt", 20, MadeCheckpoint.of("opt")),
                new FamilyCase("opt 350m", 20, MadeCheckpoint.of("opt").with("do_layer_norm_before", false)
                        .with("word_embed_proj_dim", 32)),
                new FamilyCase("bloom, 6 heads", 20, MadeCheckpoint.of("bloom").with("n_head", 6)),
                new FamilyCase("neox", 20, MadeCheckpoint.of("gpt_neox")),
                new FamilyCase("rope dynamic, inside the trained length", 20, MadeCheckpoint.of("llama")
                        .with("rope_scaling", Map.of("type", "dynamic", "factor", 2.0))),
                new FamilyCase("rope dynamic, beyond it: the frequencies of the whole text", 20,
                        MadeCheckpoint.of("llama").with("max_position_embeddings", 16)
                                .with("rope_scaling", Map.of("type", "dynamic", "factor", 2.0))));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("models")
    void eachStepGivesTheLogitsOfTheWholeSequence(FamilyCase made) {
        made.checkpoint().write(folder);
        DecoderModel model = MadeModel.open(folder);
        OracleTransformer oracle = new OracleTransformer(folder);
        try (Device device = new CpuDevice(2)) {
            int[] continued;
            try (Generator generator = new Generator(device, model, PROMPT.length + made.tokens())) {
                continued = generator.generate(PROMPT, GREEDY, _ -> { });
            }
            assertThat(continued).hasSize(made.tokens());
            int[] text = IntStream.concat(IntStream.of(PROMPT), IntStream.of(continued)).toArray();
            double[][] whole = oracle.logits(text);
            double bound = Forward.tolerance(model.spec(), text.length, whole);
            for (int i = 0; i < continued.length; i++) {
                double[] scores = whole[PROMPT.length - 1 + i];
                double best = Arrays.stream(scores).max().orElseThrow();
                assertThat(scores[continued[i]]).as("token %d", i).isGreaterThanOrEqualTo(best - 2 * bound);
            }
            try (CachedModel cached = CachedModel.open(device, model, 1, text.length)) {
                requireClose(cached.logits(PROMPT, 0), whole[PROMPT.length - 1], bound);
                for (int position = PROMPT.length; position < text.length; position++) {
                    requireClose(cached.logits(new int[] {text[position]}, position), whole[position], bound);
                }
            }
            assertThat(device.allocatedBytes()).as("leaked bytes").isZero();
        }
    }

    @Test
    void aLongPromptRunsInPartsOfTheCache() {
        MadeCheckpoint.of("llama").with("num_hidden_layers", 2).with("max_position_embeddings", 2048).write(folder);
        DecoderModel model = MadeModel.open(folder);
        int[] prompt = Forward.ids(1100, 101);
        try (Device device = new CpuDevice(2);
                CachedModel cached = CachedModel.open(device, model, 1, prompt.length)) {
            float[] whole = Forward.logits(device, model, prompt);
            float[] last = Arrays.copyOfRange(whole, whole.length - 101, whole.length);
            assertThat(cached.logits(prompt, 0)).usingComparatorWithPrecision(1e-4f).containsExactly(last);
        }
    }

    @Test
    void sequencesRunInStepAsTheyWouldAlone() {
        for (String family : List.of("mistral", "qwen3", "opt", "bloom", "gpt_neox")) {
            Path made = MadeCheckpoint.of(family).write(folder.resolve(family));
            DecoderModel model = MadeModel.open(made);
            int[][] texts = {Forward.ids(12, 101), Forward.ids(13, 71), Forward.ids(14, 50)};
            try (Device device = new CpuDevice(2);
                    CachedModel together = CachedModel.open(device, model, texts.length, 12)) {
                List<double[][]> expected = new ArrayList<>();
                for (int[] text : texts) {
                    expected.add(new OracleTransformer(made).logits(Arrays.copyOf(text, 12)));
                }
                for (int position = 0; position < 12; position++) {
                    float[] logits = together.logits(
                            new int[] {texts[0][position], texts[1][position], texts[2][position]}, position);
                    for (int i = 0; i < texts.length; i++) {
                        requireClose(Arrays.copyOfRange(logits, i * 101, (i + 1) * 101),
                                expected.get(i)[position], Forward.tolerance(model.spec(), 12, expected.get(i)));
                    }
                }
            }
        }
    }

    private static void requireClose(float[] actual, double[] expected, double bound) {
        for (int v = 0; v < expected.length; v++) {
            assertThat(Math.abs(actual[v] - expected[v]) <= bound)
                    .as("vocabulary entry %d: %s instead of %s, tolerance %s", v, actual[v], expected[v], bound)
                    .isTrue();
        }
    }

    @Test
    void learnedPositionsReachTheLastOneAndNoFurther() {
        MadeCheckpoint.of("opt").with("max_position_embeddings", 16).write(folder);
        DecoderModel model = MadeModel.open(folder);
        try (Device device = new CpuDevice(2)) {
            try (Generator generator = new Generator(device, model, 16)) {
                assertThat(generator.generate(PROMPT, new Options(100, 0, 0, Set.of()), _ -> { }))
                        .as("16 positions are the prompt's 5, 11 new tokens, and a last one that needs none")
                        .hasSize(12);
                assertThatThrownBy(() -> generator.generate(new int[17], GREEDY, _ -> { }))
                        .isInstanceOf(UsageException.class).hasMessage("the prompt has 17 tokens; give 1 to 16");
            }
            assertThatThrownBy(() -> new Generator(device, model, 17)).isInstanceOf(UsageException.class)
                    .hasMessage("prompt and new tokens are 17 positions, the model has 16; lower --max-tokens or"
                            + " shorten the prompt");
        }
    }

    @Test
    void endTokensEndTheTextAndAreNotPartOfIt() {
        MadeCheckpoint.of("llama").write(folder);
        try (Device device = new CpuDevice(2);
                Generator generator = new Generator(device, MadeModel.open(folder), 64)) {
            int[] free = generator.generate(PROMPT, GREEDY, _ -> { });
            int end = free[6];
            int before = IntStream.range(0, 7).filter(i -> free[i] == end).findFirst().orElseThrow();
            List<Integer> told = new ArrayList<>();
            assertThat(generator.generate(PROMPT, new Options(20, 0, 0, Set.of(end)), told::add))
                    .isEqualTo(Arrays.copyOf(free, before));
            assertThat(told).hasSize(before);
        }
    }

    @Test
    void optionsOutOfRangeAreRefused() {
        assertThatThrownBy(() -> new Options(-1, 0, 0, Set.of())).isInstanceOf(UsageException.class)
                .hasMessage("--max-tokens is -1; give 0 or more");
        assertThatThrownBy(() -> new Options(1, Double.NaN, 0, Set.of())).isInstanceOf(UsageException.class)
                .hasMessage("--temperature is NaN; give 0 or more");
    }
}
