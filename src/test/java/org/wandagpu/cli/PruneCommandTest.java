package org.wandagpu.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.wandagpu.made.FamilyCases;
import org.wandagpu.made.MadeCheckpoint;
import org.wandagpu.tensor.DType;

/** {@code prune} from the command line to the files, on made checkpoints of every family. */
class PruneCommandTest {

    private static final int VOCABULARY = MadeCheckpoint.of("llama").config().get("vocab_size").asInt();

    @TempDir
    private Path folder;
    private Path ids;

    @BeforeEach
    void makeIds() {
        ids = Workbench.ids(folder, 4, 24, 16);
    }

    private Cli.Outcome prune(Path model, Path output, Object... more) {
        List<Object> arguments = new ArrayList<>(List.of("prune", "--model", model, "--calibration-ids", ids, "--output",
                output, "--json", folder.resolve("result.json")));
        arguments.addAll(List.of(more));
        return Cli.run(arguments.toArray());
    }

    static Stream<FamilyCases.FamilyCase> families() {
        return FamilyCases.all().stream();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("families")
    void everyFamilyIsPrunedToHalfAndKeepsAllOtherBits(FamilyCases.FamilyCase made) {
        Path model = made.checkpoint().write(folder.resolve("model"));
        Map<String, String> before = Workbench.hashes(model);
        Path output = folder.resolve("pruned");

        Cli.Outcome outcome = prune(model, output);

        assertThat(outcome.code()).as(outcome.err()).isZero();
        assertThat(Workbench.hashes(model)).as("the source is untouched").isEqualTo(before);
        assertThat(Workbench.hashes(output)).containsEntry("config.json", before.get("config.json"))
                .containsKeys(before.keySet().toArray(String[]::new));
        JsonNode inspection = inspect(output, "--compare", model);
        assertThat(inspection.get("sparsity").asDouble()).isCloseTo(0.5, within(0.02));
        JsonNode comparison = inspection.get("comparison");
        assertThat(comparison.get("onlyHere")).isEmpty();
        assertThat(comparison.get("onlyThere")).isEmpty();
        assertThat(comparison.get("differentShape")).isEmpty();
        List<String> pruned = new ArrayList<>();
        inspection.get("layers").forEach(layer -> pruned.add(layer.get("name").asText()));
        comparison.get("changed").properties().forEach(changed -> {
            assertThat(pruned).contains(changed.getKey());
            assertThat(comparison.get("zeroed").get(changed.getKey())).as("only zeroed weights changed")
                    .isEqualTo(changed.getValue());
        });
        assertThat(comparison.get("changed")).hasSameSizeAs(pruned);
        assertThat(folder.resolve("pruned.partial")).doesNotExist();
    }

    private JsonNode inspect(Path model, Object... more) {
        Path file = folder.resolve("inspect.json");
        List<Object> arguments = new ArrayList<>(List.of("inspect", "--model", model, "--json", file));
        arguments.addAll(List.of(more));
        Cli.Outcome outcome = Cli.run(arguments.toArray());
        assertThat(outcome.code()).as(outcome.err()).isZero();
        return Workbench.json(file);
    }

    @Test
    void bytesDoNotDependOnTheNumberOfThreads() {
        Path model = MadeCheckpoint.of("qwen3").dtype(DType.BF16).write(folder.resolve("model"));
        for (int threads : new int[] {1, 2, 7}) {
            Cli.Outcome outcome = prune(model, folder.resolve("pruned" + threads), "--threads", threads);
            assertThat(outcome.code()).as(outcome.err()).isZero();
        }
        assertThat(Workbench.hashes(folder.resolve("pruned2"))).isEqualTo(Workbench.hashes(folder.resolve("pruned1")));
        assertThat(Workbench.hashes(folder.resolve("pruned7"))).isEqualTo(Workbench.hashes(folder.resolve("pruned1")));
    }

    @Test
    void patternIsKeptByEveryLayerAndInspectSaysSo() {
        Path model = MadeCheckpoint.of("llama").dtype(DType.F16).write(folder.resolve("model"));
        Path output = folder.resolve("pruned");
        assertThat(prune(model, output, "--pattern", "2:4").code()).isZero();
        assertThat(inspect(output).get("patterns")).extracting(JsonNode::asText).containsExactly("2:4", "4:8");
        assertThat(Cli.run("inspect", "--model", output, "--pattern", "2:4").code()).isZero();
        assertThat(Cli.run("inspect", "--model", output, "--pattern", "1:4").code()).isEqualTo(1);
    }

    @Test
    void theCommandLineCountsTheKeptOfAPattern() {
        Path model = MadeCheckpoint.of("llama").write(folder.resolve("model"));
        Path output = folder.resolve("pruned");
        assertThat(prune(model, output, "--pattern", "1:4").code()).isZero();
        assertThat(inspect(output).get("sparsity").asDouble()).isEqualTo(0.75);
    }

    @Test
    void thePublishedCodesNumbersCountTheZeroed() {
        Path model = MadeCheckpoint.of("llama").write(folder.resolve("model"));
        Path output = folder.resolve("pruned");
        Cli.Outcome outcome = Cli.run("prune", "--model", model, "--calibration-ids", ids, "--save_model", output,
                "--prunen", 1, "--prunem", 4);
        assertThat(outcome.code()).as(outcome.err()).isZero();
        assertThat(inspect(output).get("sparsity").asDouble()).isEqualTo(0.25);
    }

    @Test
    void layersAreChosenByName() {
        Path model = MadeCheckpoint.of("llama").write(folder.resolve("model"));
        Path output = folder.resolve("pruned");
        Cli.Outcome outcome = prune(model, output, "--include", "mlp.*", "--exclude", "layers.0.*", "--layer-sparsity",
                "down_proj=0.25");
        assertThat(outcome.code()).as(outcome.err()).isZero();
        inspect(output).get("layers").forEach(layer -> {
            String name = layer.get("name").asText();
            double expected = !name.contains("mlp") || name.contains("layers.0.") ? 0 : name.contains("down") ? 0.25 : 0.5;
            assertThat(layer.get("sparsity").asDouble()).as(name).isCloseTo(expected, within(0.02));
        });
    }

    @Test
    void resultFileTellsWhatWasDone() {
        Path model = MadeCheckpoint.of("llama").write(folder.resolve("model"));
        assertThat(prune(model, folder.resolve("pruned")).code()).isZero();
        JsonNode result = Workbench.json(folder.resolve("result.json"));
        assertThat(result.get("command").asText()).isEqualTo("prune");
        assertThat(result.get("method").asText()).isEqualTo("wanda");
        assertThat(result.get("pattern").asText()).isEqualTo("unstructured");
        assertThat(result.get("model").get("sha256").asText()).isEqualTo(
                Workbench.hashes(model).get("model.safetensors"));
        assertThat(result.get("calibration").get("nsamples").asInt()).isEqualTo(4);
        assertThat(result.get("calibration").get("tokens").asInt()).isEqualTo(96);
        assertThat(result.get("sparsity").get("blocks")).hasSize(
                MadeCheckpoint.of("llama").config().get("num_hidden_layers").asInt());
        assertThat(result.get("seconds").properties()).extracting(Map.Entry::getKey)
                .contains("total", "load", "statistics", "select", "forward", "save");
        assertThat(result.get("peakMemoryBytes").get("device").asLong()).isPositive();
    }

    @Test
    void shardsAreCutToTheSizeAskedFor() throws IOException {
        Path model = MadeCheckpoint.of("llama").write(folder.resolve("model"));
        Path output = folder.resolve("pruned");
        assertThat(prune(model, output, "--max-shard-size", "20KB").code()).isZero();
        try (var files = Files.list(output)) {
            assertThat(files.filter(file -> file.toString().endsWith(".safetensors"))).hasSizeGreaterThan(1);
        }
        assertThat(inspect(output, "--compare", model).get("comparison").get("onlyThere")).isEmpty();
    }

    @Test
    void dryRunPrintsThePlanAndWritesNothing() {
        Path model = MadeCheckpoint.of("llama").write(folder.resolve("model"));
        Cli.Outcome outcome = Cli.run("prune", "--model", model, "--nsamples", 8, "--seqlen", 16, "--dry-run");
        assertThat(outcome.code()).as(outcome.err()).isZero();
        assertThat(outcome.out()).contains("activations of all samples", "two decoder blocks", "total", "time, estimated");
    }

    @Test
    void theDryRunOfGivenIdsPlansForThem() {
        Path model = MadeCheckpoint.of("llama").write(folder.resolve("model"));
        Path ids = Workbench.write(folder.resolve("ids.json"), "[[1,2,3,4],[5,6,7,8],[1,3,5,7]]");
        String given = Cli.run("prune", "--model", model, "--calibration-ids", ids, "--dry-run").out();
        String asked = Cli.run("prune", "--model", model, "--nsamples", 3, "--seqlen", 4, "--dry-run").out();
        assertThat(memoryPart(given)).isNotEmpty().isEqualTo(memoryPart(asked));
    }

    private static String memoryPart(String plan) {
        return plan.substring(0, Math.max(0, plan.indexOf("time, estimated")));
    }

    @Test
    void aBadTextToEvaluateIsToldBeforeThePrune() {
        Path model = MadeCheckpoint.of("llama").write(folder.resolve("model"));
        Path output = folder.resolve("pruned");
        Cli.Outcome outcome = Cli.run("prune", "--model", model, "--method", "magnitude", "--output", output,
                "--evaluate", folder.resolve("no-such.txt"));
        assertThat(outcome.code()).isEqualTo(3);
        assertThat(outcome.err()).contains("no-such.txt");
        assertThat(output).doesNotExist();
    }

    @Test
    void magnitudeNeedsNoCalibration() {
        Path model = MadeCheckpoint.of("opt").write(folder.resolve("model"));
        Path output = folder.resolve("pruned");
        Cli.Outcome outcome = Cli.run("prune", "--model", model, "--method", "magnitude", "--output", output);
        assertThat(outcome.code()).as(outcome.err()).isZero();
        assertThat(outcome.out()).contains("layer 0 sparsity 0.5").contains("total sparsity 0.5");
    }

    @Test
    void idsOutOfTheVocabularyAreRefused() {
        Path model = MadeCheckpoint.of("llama").write(folder.resolve("model"));
        Path bad = Workbench.write(folder.resolve("bad.json"), "[[0,1," + VOCABULARY + "]]");
        Cli.Outcome outcome = Cli.run("prune", "--model", model, "--calibration-ids", bad, "--output",
                folder.resolve("pruned"));
        assertThat(outcome.code()).isEqualTo(3);
        assertThat(outcome.err()).contains("row 0, column 2").contains(String.valueOf(VOCABULARY));
        assertThat(folder.resolve("pruned")).doesNotExist();
        assertThat(folder.resolve("pruned.partial")).doesNotExist();
    }
}
