package org.wandagpu.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Trained checkpoints that may not be copied into the project, where they lie beside the clone. */
class TrainedCheckpointsTest {

    private static final Path SHARED = Path.of("../shared");
    private static final Set<String> METHODS = Set.of("wanda", "magnitude");

    /**
     * In the 4:8 run of SmolLM2 the first pair of weights that rounding swaps stands in block 3 of 30, so everything
     * behind it differs more: PyTorch's own two attention kernels are 0.6 % apart there (154.65 and 153.76).
     */
    private static final double FLIPPED_EARLY = 2e-2;

    @TempDir
    private Path folder;

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"stories260k-llama", "story-llama-656k"})
    void perplexitiesAreThoseOfThePublishedCode(String name) {
        Path model = SHARED.resolve("models").resolve(name);
        Assumptions.assumeTrue(Files.exists(model), model + " is not here");
        JsonNode golden = Workbench.json(SHARED.resolve("golden").resolve(name).resolve("golden.json"));
        Path text = SHARED.resolve(golden.get("text").get("file").asText());
        Path ids = Workbench.write(folder.resolve("ids.json"), golden.get("calibration").get("ids").toString());
        int seqlen = golden.get("seqlen").asInt();
        int windows = golden.get("windows").asInt();

        double dense = golden.get("dense").get("perplexity").asDouble();
        assertThat(perplexity(model, text, seqlen, windows)).isCloseTo(dense, within(dense * 1e-4));
        golden.get("runs").properties().forEach(entry -> {
            JsonNode run = entry.getValue();
            if (METHODS.contains(run.get("method").asText())) {
                Path output = folder.resolve(entry.getKey().replace(':', '-'));
                prune(model, output, "--method", run.get("method").asText(), "--pattern", run.get("pattern").asText(),
                        "--calibration-ids", ids);
                double expected = run.get("perplexity").asDouble();
                double tolerance = run.get("method").asText().equals("wanda") ? 5e-3 : 5e-4;
                assertThat(perplexity(output, text, seqlen, windows)).as(entry.getKey())
                        .isCloseTo(expected, within(expected * tolerance));
            }
        });
    }

    @Test
    void smolLm2IsPrunedAsThePublishedCodeDoes() throws Exception {
        Path fixtures = SHARED.resolve("golden/smollm2-135m");
        Assumptions.assumeTrue(Files.exists(fixtures), fixtures + " is not here");
        Path model = convert();
        JsonNode runs = Workbench.json(fixtures.resolve("golden.json")).get("runs");
        Path ids = Workbench.write(folder.resolve("ids.json"),
                Workbench.json(fixtures.resolve("calibration_ids.json")).get("windows").toString());
        Path text = SHARED.resolve("data/wikitext-2-raw/wiki.test.raw");

        double dense = runs.get("dense").get("perplexity").asDouble();
        assertThat(perplexity(model, text, 512, 20)).isCloseTo(dense, within(dense * 1e-4));
        for (String[] run : new String[][] {{"wanda_50", "wanda", "unstructured"}, {"wanda_2_4", "wanda", "2:4"},
            {"wanda_4_8", "wanda", "4:8"}, {"magnitude_50", "magnitude", "unstructured"}}) {
            Path output = folder.resolve(run[0]);
            JsonNode golden = runs.get(run[0]);
            prune(model, output, "--method", run[1], "--pattern", run[2], "--calibration-ids", ids);
            double expected = golden.get("perplexity").asDouble();
            double tolerance = !run[1].equals("wanda") ? 5e-4 : run[2].equals("4:8") ? FLIPPED_EARLY : 5e-3;
            assertThat(perplexity(output, text, 512, 20)).as(run[0]).isCloseTo(expected, within(expected * tolerance));
            JsonNode sparsity = Workbench.json(folder.resolve("result-prune.json")).get("sparsity");
            assertThat(sparsity.get("actual").asDouble()).isCloseTo(golden.get("sparsity").asDouble(), within(1e-6));
        }
    }

    private Path convert() throws Exception {
        Path model = folder.resolve("smollm2");
        Process python = new ProcessBuilder("python3", SHARED.resolve("tools/gguf_to_hf.py").toString(),
                SHARED.resolve("models/smollm2-135m-gguf/smollm2-135m-instruct-q4_1.gguf").toString(), model.toString())
                .redirectErrorStream(true).redirectOutput(folder.resolve("python.log").toFile()).start();
        Assumptions.assumeTrue(python.waitFor() == 0, "the converter needs python3 with numpy");
        return model;
    }

    private void prune(Path model, Path output, Object... more) {
        List<Object> arguments = new ArrayList<>(List.of("prune", "--model", model, "--output", output, "--json",
                folder.resolve("result-prune.json")));
        arguments.addAll(List.of(more));
        Cli.Outcome outcome = Cli.run(arguments.toArray());
        assertThat(outcome.code()).as(outcome.err()).isZero();
    }

    private double perplexity(Path model, Path text, int seqlen, int windows) {
        Path result = folder.resolve("result-eval.json");
        Cli.Outcome outcome = Cli.run("eval", "--model", model, "--text", text, "--seqlen", seqlen, "--windows", windows,
                "--json", result);
        assertThat(outcome.code()).as(outcome.err()).isZero();
        return Workbench.json(result).get("perplexity").asDouble();
    }
}
