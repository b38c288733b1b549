package org.wandagpu.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.wandagpu.made.MadeCheckpoint;
import org.wandagpu.tensor.DType;

/** Bad input to {@code prune}: exit code 3, one line that names file and place and what to do, nothing written. */
class BadInputTest {

    /** Spoils a good checkpoint or input. */
    @FunctionalInterface
    interface Damage {
        void apply(Path model, Path inputs) throws IOException;
    }

    @TempDir
    private Path folder;
    private Path model;
    private Path ids;

    @BeforeEach
    void makeModel() {
        model = MadeCheckpoint.of("llama").dtype(DType.F16).shards(2).write(folder.resolve("model"));
        ids = Workbench.ids(folder, 2, 24, 16);
    }

    static Stream<Arguments> damages() {
        return Stream.of(
                damage("truncated shard", (model, _) -> truncate(shard(model), 100), "model-00001-of-00002.safetensors"),
                damage("half a shard", (model, _) -> truncate(shard(model), Files.size(shard(model)) / 2),
                        "model-00001-of-00002.safetensors"),
                damage("oversized header", (model, _) -> write(shard(model), 0, new byte[] {-1, -1, -1, -1, -1, -1, -1, 127}),
                        "model-00001-of-00002.safetensors"),
                damage("missing shard", (model, _) -> Files.delete(shard(model)), "model-00001-of-00002.safetensors"),
                damage("shard outside the folder", (model, _) -> replace(model.resolve("model.safetensors.index.json"),
                        "model-00001-of-00002.safetensors", "../model-00001-of-00002.safetensors"), "../model-00001"),
                damage("wrong dtype", (model, _) -> replace(shard(model), "\"F16\"", "\"I16\""), "I16"),
                damage("unknown dtype", (model, _) -> replace(shard(model), "\"F16\"", "\"X16\""), "X16"),
                damage("no config", (model, _) -> Files.delete(model.resolve("config.json")), "config.json"),
                damage("broken config", (model, _) -> Files.writeString(model.resolve("config.json"), "{"), "config.json"),
                damage("unknown architecture", (model, _) -> replace(model.resolve("config.json"), "\"llama\"", "\"rwkv\""),
                        "rwkv"),
                damage("heads that do not divide", (model, _) -> Files.writeString(model.resolve("config.json"),
                        Files.readString(model.resolve("config.json"))
                                .replaceFirst("\"num_attention_heads\" : \\d+", "\"num_attention_heads\" : 7")), "7"),
                damage("other vocabulary", (model, _) -> Files.writeString(model.resolve("config.json"),
                        Files.readString(model.resolve("config.json"))
                                .replaceFirst("\"vocab_size\" : \\d+", "\"vocab_size\" : 99")), "99"),
                damage("ragged ids", (_, ids) -> Files.writeString(ids, "[[1,2,3],[1,2]]"), "row 1"),
                damage("ids that are no integers", (_, ids) -> Files.writeString(ids, "[[1,2,\"x\"]]"), "column 2"),
                damage("no ids", (_, ids) -> Files.writeString(ids, "[]"), "ids.json"),
                damage("ids longer than the model", (_, ids) -> Workbench.ids(ids.getParent(), 1, 100_000, 16), "100000"));
    }

    private static Arguments damage(String what, Damage damage, String named) {
        return Arguments.of(what, damage, named);
    }

    private static Path shard(Path model) {
        return model.resolve("model-00001-of-00002.safetensors");
    }

    private static void truncate(Path file, long bytes) throws IOException {
        try (RandomAccessFile access = new RandomAccessFile(file.toFile(), "rw")) {
            access.setLength(bytes);
        }
    }

    private static void write(Path file, long at, byte[] bytes) throws IOException {
        try (RandomAccessFile access = new RandomAccessFile(file.toFile(), "rw")) {
            access.seek(at);
            access.write(bytes);
        }
    }

    /** Replaces all occurrences in a file of any bytes; both texts are of one length unless the file is text. */
    private static void replace(Path file, String from, String to) throws IOException {
        String content = Files.readString(file, java.nio.charset.StandardCharsets.ISO_8859_1);
        assertThat(content).contains(from);
        Files.writeString(file, content.replace(from, to), java.nio.charset.StandardCharsets.ISO_8859_1);
    }

    private Cli.Outcome prune(Object... more) {
        List<Object> arguments = new ArrayList<>(List.of("prune", "--model", model, "--output", folder.resolve("pruned")));
        arguments.addAll(List.of(more));
        return Cli.run(arguments.toArray());
    }

    private void assertRefused(Cli.Outcome outcome, String named) {
        assertThat(outcome.code()).as(outcome.err()).isEqualTo(3);
        assertThat(outcome.err().lines().filter(line -> line.startsWith("wanda-gpu: "))).hasSize(1);
        assertThat(outcome.err()).contains(named).doesNotContain("\tat ").doesNotContain("Exception");
        assertThat(folder.resolve("pruned")).doesNotExist();
        assertThat(folder.resolve("pruned.partial")).doesNotExist();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("damages")
    void damagedInputIsRefusedByName(String what, Damage damage, String named) throws IOException {
        damage.apply(model, ids);
        assertRefused(prune("--calibration-ids", ids), named);
    }

    @Test
    void weightsThatAreNotFiniteAreNamedAndPrunedOnlyOnRequest() throws IOException {
        Path shard = shard(model);
        write(shard, Files.size(shard) - 2, new byte[] {0, 0x7E});
        assertRefused(prune("--calibration-ids", ids), "is NaN");
        assertThat(prune("--method", "magnitude", "--allow-nonfinite").code()).isZero();
    }

    @Test
    void existingOutputIsRefusedAndLeftAlone() throws IOException {
        Path output = Files.createDirectory(folder.resolve("pruned"));
        Path file = Workbench.write(output.resolve("mine.txt"), "mine");
        Cli.Outcome outcome = prune("--calibration-ids", ids);
        assertThat(outcome.code()).isEqualTo(3);
        assertThat(outcome.err()).contains("pruned").contains("exists");
        assertThat(file).hasContent("mine");
    }

    @Test
    void outputInsideTheSourceIsRefused() {
        Cli.Outcome outcome = Cli.run("prune", "--model", model, "--calibration-ids", ids, "--output", model.resolve("x"));
        assertThat(outcome.code()).isEqualTo(2);
        assertThat(model.resolve("x")).doesNotExist();
    }

    @Test
    void patternThatDoesNotDivideNamesTheLayer() {
        assertRefused(prune("--calibration-ids", ids, "--pattern", "4:7"), "q_proj");
    }

    @Test
    void textsThatAreTooShortAreRefusedWithNumbers() {
        Path text = Workbench.write(folder.resolve("short.txt"), "a few words");
        Path empty = Workbench.write(folder.resolve("empty.txt"), "");
        String tiny = "embedded:tiny-llama";
        Path output = folder.resolve("pruned");
        assertRefused(Cli.run("prune", "--model", tiny, "--calibration", text, "--output", output), "short.txt");
        assertRefused(Cli.run("prune", "--model", tiny, "--calibration", empty, "--output", output), "empty.txt");
        assertRefused(Cli.run("eval", "--model", tiny, "--text", text), "short.txt");
        assertRefused(Cli.run("eval", "--model", tiny, "--text", folder.resolve("absent.txt")), "absent.txt");
        assertRefused(Cli.run("prune", "--model", tiny, "--seqlen", 257, "--output", output), "257");
    }

    @Test
    void tokenizerThatDoesNotFitTheEmbeddingIsRefused() throws IOException {
        Path tokenizer = Path.of("models/tiny-llama/tokenizer.json");
        Files.copy(tokenizer, model.resolve("tokenizer.json"));
        assertRefused(prune("--calibration", "embedded", "--seqlen", 8, "--nsamples", 1), "tokenizer.json");
    }

    @Test
    void resultFileThatCannotBeWrittenIsNoticedBeforeTheWork() {
        assertRefused(prune("--calibration-ids", ids, "--json", folder.resolve("absent/result.json")), "absent");
    }
}
