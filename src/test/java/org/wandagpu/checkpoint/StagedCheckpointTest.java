package org.wandagpu.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.stream.IntStream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wandagpu.failure.WorkFailedException;
import org.wandagpu.golden.GoldenFile;
import org.wandagpu.tensor.HostTensor;

/** The pruned copy: what is in it, byte for byte, and that the source is never touched. */
class StagedCheckpointTest {

    private static final Set<String> PRUNED = Set.of("block.0.w", "block.1.w", "block.2.w");
    private static final Map<String, ?> PROVENANCE = Map.of("method", "wanda", "pattern", "2:4", "model", "owner/tiny");
    private static final List<String> COPIED = List.of("LICENSE.md", "chat_template.jinja", "config.json",
            "generation_config.json", "merges.txt", "tokenizer.json");

    @TempDir
    Path root;
    private Path output;
    private Checkpoint source;
    private SortedMap<String, String> sourceContent;

    @BeforeEach
    void open() {
        output = root.resolve("out");
        source = Checkpoint.open(TinyCheckpoint.write(root.resolve("source")));
        sourceContent = TinyCheckpoint.content(source.folder());
    }

    @AfterEach
    void sourceIsAsItWas() {
        source.close();
        assertThat(TinyCheckpoint.content(source.folder())).isEqualTo(sourceContent);
    }

    private StagedCheckpoint create(long maxShardBytes, boolean resume) {
        return StagedCheckpoint.create(source, output, PRUNED, maxShardBytes, resume);
    }

    /** What the tests prune a tensor to: every byte one more. */
    private static byte[] pruned(HostTensor tensor) {
        byte[] bytes = tensor.bytes().toArray(ValueLayout.JAVA_BYTE);
        for (int i = 0; i < bytes.length; i++) {
            bytes[i]++;
        }
        return bytes;
    }

    private void run(StagedCheckpoint staged) {
        for (String name : PRUNED) {
            staged.write(name, MemorySegment.ofArray(pruned(source.tensor(name))));
        }
        staged.force();
        staged.publish(PROVENANCE);
    }

    private void assertTensorsOf(String... shards) {
        int tensors = 0;
        for (String shard : shards) {
            for (HostTensor tensor : new GoldenFile(output.resolve(shard)).tensors().values()) {
                HostTensor original = source.tensor(tensor.name());
                assertThat(tensor.dtype()).isEqualTo(original.dtype());
                assertThat(tensor.shape()).isEqualTo(original.shape());
                assertThat(tensor.bytes().toArray(ValueLayout.JAVA_BYTE)).as(tensor.name()).isEqualTo(
                        PRUNED.contains(tensor.name()) ? pruned(original)
                                : original.bytes().toArray(ValueLayout.JAVA_BYTE));
                tensors++;
            }
        }
        assertThat(tensors).isEqualTo(source.names().size());
    }

    @Test
    void theCopyHasTheSourcesFilesAndHeadersWithThePrunedBytesAtTheirPlaces() throws IOException {
        run(create(0, false));
        SortedMap<String, String> content = TinyCheckpoint.content(output);
        assertThat(content.keySet()).containsAll(COPIED).hasSize(COPIED.size() + 5).contains("README.md",
                TinyCheckpoint.S1, TinyCheckpoint.S2, "model.safetensors.index.json", "wanda-gpu.json");
        for (String same : COPIED) {
            assertThat(content.get(same)).as(same).isEqualTo(sourceContent.get(same));
        }
        assertThat(content.get("model.safetensors.index.json"))
                .isEqualTo(sourceContent.get("model.safetensors.index.json"));
        for (SafetensorsFile shard : source.shards()) {
            String name = shard.path().getFileName().toString();
            int headerDigits = 2 * (8 + (int) shard.headerBytes());
            assertThat(content.get(name)).hasSameSizeAs(sourceContent.get(name))
                    .startsWith(sourceContent.get(name).substring(0, headerDigits));
        }
        assertTensorsOf(TinyCheckpoint.S1, TinyCheckpoint.S2);
        assertThat(root.toFile().list()).containsExactlyInAnyOrder("out", "source");
    }

    @Test
    void provenanceAndModelCardAreWritten() throws IOException {
        run(create(0, false));
        JsonNode provenance = new ObjectMapper().readTree(output.resolve("wanda-gpu.json").toFile());
        assertThat(provenance).isEqualTo(new ObjectMapper().valueToTree(PROVENANCE));
        assertThat(Files.readString(output.resolve("README.md"))).startsWith("""
                ---
                base_model: "owner/tiny"
                library_name: transformers
                tags:
                - wanda-gpu
                - pruned
                - "wanda"
                - "2:4"
                ---

                # owner/tiny, pruned
                """);
    }

    @Test
    void newShardsAreFilledInOrderAndWrittenAsTheLibraryOrdersThem() throws IOException {
        run(create(41, false)); // 12 + 12 + 5 + 12 bytes, then 16 + 24 + 0
        String first = "model-00001-of-00002.safetensors";
        String second = "model-00002-of-00002.safetensors";
        assertTensorsOf(first, second);
        byte[] bytes = Files.readAllBytes(output.resolve(first));
        String header = "{\"__metadata__\":{\"format\":\"pt\",\"made\":\"by hand\"},"
                + "\"block.0.norm\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,12]},"
                + "\"block.1.w\":{\"dtype\":\"BF16\",\"shape\":[2,3],\"data_offsets\":[12,24]},"
                + "\"block.0.w\":{\"dtype\":\"F16\",\"shape\":[3,2],\"data_offsets\":[24,36]},"
                + "\"block.0.buffer\":{\"dtype\":\"BOOL\",\"shape\":[1,1,5],\"data_offsets\":[36,41]}}";
        int padded = (header.length() + 7) / 8 * 8;
        assertThat(new String(bytes, 8, padded, StandardCharsets.UTF_8))
                .isEqualTo(header + " ".repeat(padded - header.length()));
        JsonNode index = new ObjectMapper().readTree(output.resolve("model.safetensors.index.json").toFile());
        assertThat(index.path("metadata").path("total_size").asLong()).isEqualTo(81);
        assertThat(index.path("weight_map").path("block.1.w").asText()).isEqualTo(first);
        assertThat(index.path("weight_map").path("none").asText()).isEqualTo(second);
        try (Checkpoint copy = Checkpoint.open(output)) {
            assertThat(copy.warnings()).isEmpty();
        }
    }

    @Test
    void aTensorLargerThanTheBoundHasAShardOfItsOwnAndOneShardNeedsNoIndex() {
        run(create(13, false));
        assertTensorsOf(IntStream.rangeClosed(1, 7).mapToObj("model-%05d-of-00007.safetensors"::formatted)
                .toArray(String[]::new));
        output = root.resolve("one");
        run(create(1000, false));
        assertTensorsOf("model.safetensors");
        assertThat(output.resolve("model.safetensors.index.json")).doesNotExist();
    }

    @Test
    void aModelInsideAZipIsCopiedToo() throws IOException {
        Path zip = root.resolve("source.zip");
        try (var inside = FileSystems.newFileSystem(zip, Map.of("create", "true"))) {
            for (String name : source.folder().toFile().list()) {
                Files.copy(source.folder().resolve(name), inside.getPath("/" + name));
            }
            run(create(0, false));
            Path unpacked = output;
            output = root.resolve("from-zip");
            try (Checkpoint packed = Checkpoint.open(inside.getPath("/"));
                    StagedCheckpoint staged = StagedCheckpoint.create(packed, output, PRUNED, 0, false)) {
                run(staged);
            }
            assertThat(TinyCheckpoint.content(output)).isEqualTo(TinyCheckpoint.content(unpacked));
        }
    }

    @Test
    void nothingLoadsTheFolderBeforeItIsComplete() throws IOException {
        try (StagedCheckpoint staged = create(0, false)) {
            staged.write("block.0.w", MemorySegment.ofArray(new byte[12]));
            assertThat(output).doesNotExist();
            assertThat(staged.folder()).isEqualTo(root.resolve("out.partial"));
            assertThatThrownBy(() -> staged.publish(PROVENANCE)).isInstanceOf(IllegalStateException.class)
                    .hasMessage("pruned tensors were not written, the first of them block.1.w");
            assertThat(staged.folder().resolve("checkpoint/config.json")).doesNotExist();
        }
        assertThat(root.resolve("out.partial")).isDirectory();
    }

    @Test
    void aRunThatWroteNothingLeavesNothing() {
        output = root.resolve("new/deep/out");
        try (StagedCheckpoint staged = create(0, true)) {
            assertThat(staged.folder()).isDirectory();
        }
        assertThat(root.toFile().list()).containsExactly("source");
    }

    @Test
    void onlyWholePrunedTensorsAreTaken() {
        try (StagedCheckpoint staged = create(0, false)) {
            MemorySegment bytes = MemorySegment.ofArray(new byte[12]);
            assertThatThrownBy(() -> staged.write("embed", bytes)).isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("not one of the tensors to prune: embed");
            assertThatThrownBy(() -> staged.write("block.0.w", 1, bytes)).isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("outside of the tensor: name=block.0.w, offset=1, bytes=12, tensor bytes=12");
        }
    }

    @Test
    void whatAnEarlierRunWroteIsHeldAsLongAsItsBytesAreTheSame() throws IOException {
        byte[] bytes = pruned(source.tensor("block.1.w"));
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        try (StagedCheckpoint staged = create(0, false)) {
            staged.write("block.1.w", 0, MemorySegment.ofArray(bytes).asSlice(0, 5));
            staged.write("block.1.w", 5, MemorySegment.ofArray(bytes).asSlice(5));
            staged.written("block.1.w");
        }
        try (StagedCheckpoint staged = create(0, true)) {
            assertThat(staged.holds("block.1.w", crc.getValue())).isTrue();
            assertThat(staged.holds("block.1.w", crc.getValue() + 1)).isFalse();
            assertThat(staged.holds("block.2.w", crc.getValue())).isFalse();
            assertThat(staged.holds("embed", crc.getValue())).isFalse();
            Files.write(staged.folder().resolve("checkpoint/" + TinyCheckpoint.S1), new byte[20]);
            assertThat(staged.holds("block.1.w", crc.getValue())).isFalse();
        }
    }

    @Test
    void filesOfAnotherLayoutAndStrangersAreNotPublished() throws IOException {
        try (StagedCheckpoint staged = create(13, false)) {
            staged.write("block.0.w", MemorySegment.ofArray(new byte[12]));
            Files.writeString(staged.folder().resolve("checkpoint/config.json"), "{}");
            Files.writeString(staged.folder().resolve("checkpoint/evil.py"), "");
        }
        try (StagedCheckpoint staged = create(0, true)) {
            assertThat(staged.folder().resolve("checkpoint/config.json")).doesNotExist();
            run(staged);
        }
        Path resumed = output;
        output = root.resolve("undisturbed");
        run(create(0, false));
        assertThat(TinyCheckpoint.content(resumed)).isEqualTo(TinyCheckpoint.content(output));
    }

    @Test
    void permissionsAreThoseOfTheProcessAndNotOfTheSource() throws IOException {
        Files.setPosixFilePermissions(source.folder().resolve("tokenizer.json"),
                PosixFilePermissions.fromString("r--------"));
        Path plain = Files.createFile(root.resolve("plain"));
        run(create(0, false));
        for (String name : output.toFile().list()) {
            assertThat(Files.getPosixFilePermissions(output.resolve(name))).as(name)
                    .isEqualTo(Files.getPosixFilePermissions(plain));
        }
    }

    @Test
    void aSourceThatChangesDuringTheRunEndsIt() throws IOException {
        Path shard = source.folder().resolve(TinyCheckpoint.S2);
        FileTime time = Files.getLastModifiedTime(shard);
        try (StagedCheckpoint staged = create(0, false)) {
            Files.setLastModifiedTime(shard, FileTime.fromMillis(1));
            assertThatThrownBy(() -> run(staged)).isInstanceOf(WorkFailedException.class)
                    .hasMessageStartingWith(shard + ": was changed while it was being read: it had ");
            assertThat(output).doesNotExist();
        }
        Files.setLastModifiedTime(shard, time);
    }

    @Test
    void anOutputThatAppearsDuringTheRunIsNotOverwritten() throws IOException {
        try (StagedCheckpoint staged = create(0, false)) {
            Files.createDirectory(output);
            assertThatThrownBy(() -> run(staged)).isInstanceOf(WorkFailedException.class)
                    .hasMessage(output + ": somebody made it while this run was working; move it away and run again"
                            + " with --resume");
        }
        assertThat(output).isEmptyDirectory();
    }
}
