package org.wandagpu.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.wandagpu.failure.BadInputException;
import org.wandagpu.golden.GoldenFile;

/** Folders: single files, shards and their index, links of the hub's cache, and everything that is refused. */
class CheckpointTest {

    private static final Path GOLDEN = Path.of("src/test/resources/golden");
    private static final String S1 = "model-00001-of-00002.safetensors";
    private static final String S2 = "model-00002-of-00002.safetensors";

    @TempDir
    Path root;
    Path folder;

    @BeforeEach
    void emptyCheckpoint() throws IOException {
        folder = Files.createDirectories(root.resolve("model"));
        text("config.json", "{\"model_type\":\"llama\"}");
    }

    private Path text(String name, String content) {
        return SafetensorsBytes.write(folder.resolve(name), content.getBytes(StandardCharsets.UTF_8));
    }

    /** A file with one-byte tensors of the given names. */
    private Path shard(String file, String... tensors) {
        StringBuilder header = new StringBuilder("{");
        for (int i = 0; i < tensors.length; i++) {
            header.append(i == 0 ? "" : ",").append('"').append(tensors[i])
                    .append("\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[%d,%d]}".formatted(i, i + 1));
        }
        return SafetensorsBytes.write(folder.resolve(file), SafetensorsBytes.of(header + "}", tensors.length));
    }

    private Path index(String weightMap) {
        return text(ShardIndex.FILE_NAME, "{\"metadata\":{\"total_size\":3},\"weight_map\":{" + weightMap + "}}");
    }

    private void twoShards() {
        shard(S1, "a", "b");
        shard(S2, "c");
        index("\"a\":\"" + S1 + "\",\"b\":\"" + S1 + "\",\"c\":\"" + S2 + "\"");
    }

    private void assertRefused(String message) {
        assertThatThrownBy(() -> Checkpoint.open(folder).close())
                .isInstanceOf(BadInputException.class)
                .hasMessageStartingWith(message)
                .satisfies(e -> assertThat(e.getMessage().lines()).hasSize(1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"llama-mha", "llama-gqa-llama3rope", "mistral-sliding", "qwen2", "opt-preln", "bloom",
            "neox-parallel", "neox-sequential", "llama-sharded"})
    void tensorsOfTheFixturesAreThoseOfAPlainReader(String name) throws IOException {
        try (Checkpoint checkpoint = Checkpoint.open(GOLDEN.resolve(name));
                var files = Files.list(checkpoint.folder())) {
            assertThat(checkpoint.warnings()).isEmpty();
            long[] tensors = new long[1];
            files.filter(file -> file.getFileName().toString().matches("model.*\\.safetensors"))
                    .forEach(file -> new GoldenFile(file).tensors().forEach((tensor, expected) -> {
                        tensors[0]++;
                        assertThat(checkpoint.has(tensor)).isTrue();
                        assertThat(checkpoint.tensor(tensor).dtype()).isEqualTo(expected.dtype());
                        assertThat(checkpoint.tensor(tensor).shape()).isEqualTo(expected.shape());
                        assertThat(checkpoint.tensor(tensor).bytes().mismatch(expected.bytes())).isEqualTo(-1);
                    }));
            assertThat(checkpoint.names()).hasSize((int) tensors[0]);
        }
    }

    @Test
    void hashIsThatOfTheFileAndOfTheListForShards() throws Exception {
        MessageDigest sha = MessageDigest.getInstance("SHA-256");
        Path single = GOLDEN.resolve("llama-mha");
        try (Checkpoint checkpoint = Checkpoint.open(single)) {
            assertThat(checkpoint.sha256()).isEqualTo(HexFormat.of().formatHex(
                    sha.digest(Files.readAllBytes(single.resolve("model.safetensors")))));
        }
        twoShards();
        String lines = "";
        for (String name : new String[] {S1, S2}) {
            lines += name + " " + HexFormat.of().formatHex(sha.digest(Files.readAllBytes(folder.resolve(name)))) + "\n";
        }
        try (Checkpoint checkpoint = Checkpoint.open(folder)) {
            assertThat(checkpoint.sha256()).isEqualTo(HexFormat.of().formatHex(sha.digest(lines.getBytes())));
            assertThat(checkpoint.names()).containsExactly("a", "b", "c");
            assertThat(checkpoint.shards()).extracting(file -> file.path().getFileName().toString())
                    .containsExactly(S1, S2);
        }
    }

    @Test
    void parametersAreTheElementsOfFloatTensors() {
        SafetensorsBytes.write(folder.resolve("model.safetensors"), SafetensorsBytes.of("{"
                + "\"a\":{\"dtype\":\"F16\",\"shape\":[3,5],\"data_offsets\":[0,30]},"
                + "\"b\":{\"dtype\":\"F4\",\"shape\":[6],\"data_offsets\":[30,33]},"
                + "\"c\":{\"dtype\":\"BOOL\",\"shape\":[4],\"data_offsets\":[33,37]},"
                + "\"d\":{\"dtype\":\"F64\",\"shape\":[],\"data_offsets\":[37,45]}}", 45));
        try (Checkpoint checkpoint = Checkpoint.open(folder)) {
            assertThat(checkpoint.parameters()).isEqualTo(15 + 6 + 1);
        }
    }

    @Test
    void aTensorThatIsNotThereIsRefusedByName() {
        shard("model.safetensors", "a");
        try (Checkpoint checkpoint = Checkpoint.open(folder)) {
            assertThat(checkpoint.has("b")).isFalse();
            assertThat(checkpoint.tensor("a").bytes().get(ValueLayout.JAVA_BYTE, 0)).isZero();
            assertThatThrownBy(() -> checkpoint.tensor("b")).isInstanceOf(BadInputException.class)
                    .hasMessage(folder + ": has no tensor b; take config.json and weights of the same model");
        }
    }

    @Test
    void aFolderWithoutConfigOrWeightsIsRefused() throws IOException {
        assertRefused(folder + ": has neither model.safetensors nor model.safetensors.index.json; give the folder");
        Files.delete(folder.resolve("config.json"));
        assertRefused(folder + ": has no config.json; give the folder of a Hugging Face checkpoint");
        assertThatThrownBy(() -> Checkpoint.open(root.resolve("nothing"))).isInstanceOf(BadInputException.class)
                .hasMessage(root.resolve("nothing") + ": there is no such folder; give the folder of a checkpoint");
        Path file = text("x", "");
        assertThatThrownBy(() -> Checkpoint.open(file)).isInstanceOf(BadInputException.class)
                .hasMessage(file + ": is a file; give the folder of a checkpoint");
    }

    @ParameterizedTest
    @ValueSource(strings = {"pytorch_model.bin", "model.pt", "weights.pth", "last.ckpt",
            "pytorch_model.bin.index.json"})
    void aPickleCheckpointIsRefusedByName(String name) {
        text(name, "never read");
        assertRefused(folder.resolve(name) + ": is a pickle checkpoint, which can run code when it is read and is never"
                + " opened; convert it to safetensors");
        shard("model.safetensors", "a");
        Checkpoint.open(folder).close();
    }

    @Test
    void aSingleFileIsPreferredToAnIndexWithAWarning() {
        twoShards();
        shard("model.safetensors", "x");
        try (Checkpoint checkpoint = Checkpoint.open(folder)) {
            assertThat(checkpoint.names()).containsExactly("x");
            assertThat(checkpoint.warnings()).containsExactly(folder.resolve(ShardIndex.FILE_NAME)
                    + ": is not used, because model.safetensors stands beside it");
        }
    }

    @Test
    void aWrongTotalAnUnlistedTensorAndAnUnlistedShardAreWarnings() {
        shard(S1, "a", "b");
        shard("model-other.safetensors", "a");
        text(ShardIndex.FILE_NAME,
                "{\"metadata\":{\"total_size\":99.0},\"weight_map\":{\"a\":\"" + S1 + "\"},\"x\":[{}]}");
        try (Checkpoint checkpoint = Checkpoint.open(folder)) {
            assertThat(checkpoint.names()).containsExactly("a", "b");
            assertThat(checkpoint.warnings()).containsExactly(
                    folder.resolve(ShardIndex.FILE_NAME) + ": does not list tensor b of " + S1,
                    folder.resolve(ShardIndex.FILE_NAME) + ": total_size is 99 and the tensors have 2 bytes",
                    folder.resolve("model-other.safetensors")
                            + ": is not listed in model.safetensors.index.json and is not used");
        }
    }

    @Test
    void aMissingShardATensorElsewhereAndATensorTwiceAreRefused() throws IOException {
        twoShards();
        Files.delete(folder.resolve(S2));
        assertRefused(folder.resolve(S2)
                + ": this shard is missing, model.safetensors.index.json names it; fetch it again");
        shard(S2, "d");
        assertRefused(folder.resolve(ShardIndex.FILE_NAME) + ": weight_map says that tensor c is in " + S2
                + ", but it is in no shard; fetch index and shards again");
        shard(S1, "a", "c");
        shard(S2, "b");
        assertRefused(folder.resolve(ShardIndex.FILE_NAME) + ": weight_map says that tensor b is in " + S1
                + ", but it is in " + S2);
        shard(S1, "a", "b");
        shard(S2, "b", "c");
        assertRefused(folder.resolve(S2) + ": tensor b is also in " + S1 + ", so that readers may disagree about it");
    }

    @ParameterizedTest
    @ValueSource(strings = {"../x.safetensors", "/etc/x.safetensors", "a\\\\..\\\\b.safetensors", "C:x.safetensors",
            "x\\u0000.safetensors", "a/b.safetensors", "", ".", "..", "x.bin", "x\\n.safetensors",
            "${long}.safetensors"})
    void aShardNameThatIsNotAPlainNameIsRefused(String name) {
        index("\"a\":\"" + name.replace("${long}", "n".repeat(250)) + "\"");
        assertRefused(folder.resolve(ShardIndex.FILE_NAME) + ": weight_map: tensor a is said to be in ");
    }

    @Test
    void aBadIndexIsRefused() {
        Path file = folder.resolve(ShardIndex.FILE_NAME);
        text(ShardIndex.FILE_NAME, "[]");
        assertRefused(file + ": is not a JSON object");
        text(ShardIndex.FILE_NAME, "{}");
        assertRefused(file + ": has no weight_map, or an empty one");
        text(ShardIndex.FILE_NAME, "{\"weight_map\":[]}");
        assertRefused(file + ": weight_map is not an object");
        text(ShardIndex.FILE_NAME, "{\"weight_map\":{\"a\":1}}");
        assertRefused(file + ": weight_map: the shard of tensor a is not a text");
        index("\"a\":\"s.safetensors\",\"\\u0061\":\"s.safetensors\"");
        assertRefused(file + ": weight_map has tensor a twice");
        text(ShardIndex.FILE_NAME, "{\"weight_map\":{\"a\":\"s.safetensors\"},\"weight_map\":{}}");
        assertRefused(file + ": has weight_map twice");
        text(ShardIndex.FILE_NAME, "{\"weight_map\":{\"a\":\"s.safetensors\"}} 1");
        assertRefused(file + ": something follows the JSON object");
        text(ShardIndex.FILE_NAME, "{\"x\":" + "[".repeat(100_000));
        assertRefused(file + ": Document nesting depth (17) exceeds the maximum allowed (16)");
        text("config.json", "{\"x\":" + "{\"x\":".repeat(100_000));
        assertRefused(folder.resolve("config.json") + ": Document nesting depth (17) exceeds the maximum allowed (16)");
    }

    @Test
    void aLinkOutOfTheFolderIsRefused() throws IOException {
        Path outside = SafetensorsBytes.write(root.resolve("outside.safetensors"), SafetensorsBytes.of("{}", 0));
        Files.createSymbolicLink(folder.resolve("s.safetensors"), outside);
        index("\"a\":\"s.safetensors\"");
        assertRefused(folder.resolve("s.safetensors") + ": is a link out of its folder, to " + outside.toRealPath());
        Files.delete(folder.resolve("s.safetensors"));
        Files.createSymbolicLink(folder.resolve("s.safetensors"), Path.of("nowhere"));
        assertRefused(folder.resolve("s.safetensors") + ": cannot be read (");
    }

    @Test
    void aFolderOrAPipeAsShardIsRefused() throws Exception {
        index("\"a\":\"s.safetensors\"");
        Path shard = Files.createDirectory(folder.resolve("s.safetensors"));
        assertRefused(shard + ": is not a regular file");
        Files.delete(shard);
        assertThat(new ProcessBuilder("mkfifo", shard.toString()).start().waitFor()).isZero();
        assertRefused(shard + ": is not a regular file");
    }

    @Test
    void linksOfAHubSnapshotToBlobsOfTheSameRepositoryAreFollowed() throws IOException {
        Path repository = root.resolve("models--owner--name");
        Path snapshot = Files.createDirectories(repository.resolve("snapshots/0123"));
        Path blobs = Files.createDirectories(repository.resolve("blobs"));
        Files.move(folder.resolve("config.json"), blobs.resolve("c"));
        Files.move(shard("model.safetensors", "a"), blobs.resolve("w"));
        Files.createSymbolicLink(snapshot.resolve("config.json"), Path.of("../../blobs/c"));
        Files.createSymbolicLink(snapshot.resolve("model.safetensors"), Path.of("../../blobs/w"));
        try (Checkpoint checkpoint = Checkpoint.open(snapshot)) {
            assertThat(checkpoint.names()).containsExactly("a");
            assertThat(checkpoint.configWhere()).isEqualTo(snapshot.resolve("config.json").toString());
        }
        Path other = Files.createDirectories(root.resolve("models--owner--other/blobs"));
        Files.move(blobs.resolve("w"), other.resolve("w"));
        Files.delete(snapshot.resolve("model.safetensors"));
        Files.createSymbolicLink(snapshot.resolve("model.safetensors"),
                Path.of("../../../models--owner--other/blobs/w"));
        folder = snapshot;
        assertRefused(snapshot.resolve("model.safetensors") + ": is a link out of its folder, to ");
    }
}
