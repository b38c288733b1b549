package org.wandagpu.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The models of the jar from the command line: perplexities that PyTorch gave, dense and pruned. */
class EmbeddedModelsPerplexityTest {

    /** Dense arithmetic agrees to the last digits shown. */
    private static final double DENSE = 1e-4;
    /** Magnitude has one mask; only the forward pass rounds. */
    private static final double MAGNITUDE = 5e-4;
    /** Where two scores nearly tie, rounding may swap a pair of weights, and later blocks follow. */
    private static final double WANDA = 5e-3;

    @TempDir
    private Path folder;

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "tiny-llama, 28.5150, 34.7504, 36.8215, 44.8440, 50.7771",
        "tiny-llama3, 31.4348, 39.9777, 44.5075, 51.1970, 55.7907",
        "tiny-opt, 38.7014, 46.5731, 47.1936, 62.0315, 80.1829",
        "tiny-bloom, 27.4679, 37.0345, 34.9119, 57.9758, 61.9196",
        "tiny-pythia, 28.1437, 32.6934, 33.5955, 41.1913, 42.1884"})
    void perplexitiesAreThoseOfPyTorch(String name, double dense, double wanda, double magnitude, double wanda24,
            double magnitude24) {
        String model = "embedded:" + name;
        assertThat(perplexity(model)).isCloseTo(dense, within(dense * DENSE));
        assertThat(pruned(model, "wanda", "unstructured")).as("wanda 50 %%").isCloseTo(wanda, within(wanda * WANDA));
        assertThat(pruned(model, "magnitude", "unstructured")).as("magnitude 50 %%")
                .isCloseTo(magnitude, within(magnitude * MAGNITUDE));
        assertThat(pruned(model, "wanda", "2:4")).as("wanda 2:4").isCloseTo(wanda24, within(wanda24 * WANDA));
        assertThat(pruned(model, "magnitude", "2:4")).as("magnitude 2:4")
                .isCloseTo(magnitude24, within(magnitude24 * MAGNITUDE));
    }

    private double pruned(String model, String method, String pattern) {
        Path output = folder.resolve(method + pattern.replace(':', '-'));
        List<Object> arguments = new ArrayList<>(List.of("prune", "--model", model, "--method", method, "--pattern", pattern,
                "--nsamples", 32, "--seqlen", 128, "--output", output));
        Cli.Outcome outcome = Cli.run(arguments.toArray());
        assertThat(outcome.code()).as(outcome.err()).isZero();
        return perplexity(output.toString());
    }

    private double perplexity(String model) {
        Path result = folder.resolve("result.json");
        Cli.Outcome outcome = Cli.run("eval", "--model", model, "--text", "embedded", "--json", result);
        assertThat(outcome.code()).as(outcome.err()).isZero();
        assertThat(Workbench.json(result).get("windows").asInt()).isEqualTo(810);
        return Workbench.json(result).get("perplexity").asDouble();
    }
}
