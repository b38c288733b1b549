package org.wandagpu.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Isolated("measures the heap")
class DocumentsTest {

    private static final List<String> TEXTS =
            List.of("First document.", "", "Grüße, 東京 😀", "line one\nline two\n", " = Title = \n");
    private static final String LINES = """
            {"url": "u0", "text": "First document."}

            {"text": "", "meta": {"text": "not this", "list": [1, {"text": 2}]}}\r
             \t\r
            {"text": "Gr\\u00fc\\u00dfe, 東京 \\ud83d\\ude00", "score": 1.5e3}
            {"text": "line one\\nline two\\n"}
            {"a": null, "text": " = Title = \\n"}""";

    @TempDir
    private Path folder;

    @Test
    void linesAreReadInPlaceInAnyOrder() throws Exception {
        Path file = Files.writeString(folder.resolve("a.jsonl"), LINES);
        assertHoldsTexts(file);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a.json.gz", "a.jsonl.gz"})
    void compressedLinesAreReadInAnyOrder(String name) throws Exception {
        Path file = Files.write(folder.resolve(name), gzip(LINES));
        assertHoldsTexts(file);
    }

    @Test
    void severalCompressedPartsAreOneFile() throws Exception {
        int middle = LINES.length() / 2;
        ByteArrayOutputStream both = new ByteArrayOutputStream();
        both.write(gzip(LINES.substring(0, middle)));
        both.write(gzip(LINES.substring(middle)));
        assertHoldsTexts(Files.write(folder.resolve("a.json.gz"), both.toByteArray()));
    }

    /** Files by pyarrow 25: two rows a group and a dictionary, gzip without one, and what hub data sets use. */
    @ParameterizedTest
    @ValueSource(strings = {"plain.parquet", "gzip.parquet", "snappy.parquet", "zstd.parquet"})
    void tablesAreReadInAnyOrder(String name) throws Exception {
        assumePresent(name, "snappy", "org.xerial.snappy.Snappy");
        assumePresent(name, "zstd", "com.github.luben.zstd.Zstd");
        assertHoldsTexts(Fixtures.own(name));
    }

    private static void assumePresent(String name, String codec, String type) {
        if (name.startsWith(codec)) {
            try {
                Class.forName(type);
            } catch (ClassNotFoundException e) {
                Assumptions.abort("no decompressor for " + codec + " on the class path");
            }
        }
    }

    @Test
    void linesLongerThanAnyBufferAreWhole() throws IOException {
        List<String> texts = IntStream.of(10, 65_520, 65_536, 200_000, 3_000_000, 5)
                .mapToObj(length -> "é".repeat(length)).toList();
        StringBuilder lines = new StringBuilder();
        texts.forEach(text -> lines.append("{\"text\": \"").append(text).append("\"}\n"));
        Path file = Files.writeString(folder.resolve("a.jsonl"), lines);
        try (Documents documents = TextFiles.openDocuments(file)) {
            assertThat(IntStream.range(0, documents.count()).mapToObj(documents::text)).isEqualTo(texts);
        }
    }

    @Test
    void surrogatesWithoutPartnerAndNulAreNoHarm() throws IOException {
        String line = "{\"text\": \"a\\ud83d b\\u0000c \\ude00\"}";
        try (Documents plain = TextFiles.openDocuments(Files.writeString(folder.resolve("a.jsonl"), line));
                Documents compressed = TextFiles.openDocuments(Files.write(folder.resolve("a.json.gz"), gzip(line)));
                Tokenizer tokenizer = Tokenizer.open(Fixtures.tinyLlama())) {
            assertThat(plain.text(0)).isEqualTo("a\ud83d b\u0000c \ude00");
            assertThat(compressed.text(0)).isEqualTo("a\ufffd b\u0000c \ufffd");
            assertThat(tokenizer.encode(plain.text(0))).isEqualTo(tokenizer.encode(compressed.text(0)));
        }
    }

    @Test
    void manyDocumentsTakeLittleMemory() throws IOException {
        Path file = folder.resolve("a.json.gz");
        String text = "word ".repeat(200);
        try (GZIPOutputStream output = new GZIPOutputStream(Files.newOutputStream(file), 1 << 16)) {
            for (int i = 0; i < 100_000; i++) {
                output.write(("{\"text\": \"" + i + " " + text + "\"}\n").getBytes(StandardCharsets.UTF_8));
            }
        }
        System.gc();
        long before = used();
        try (Documents documents = TextFiles.openDocuments(file)) {
            assertThat(documents.count()).isEqualTo(100_000);
            assertThat(documents.text(77_777)).isEqualTo("77777 " + text);
            System.gc();
            assertThat(used() - before).as("bytes held for 100 MB of text").isLessThan(10_000_000);
        }
    }

    private static long used() {
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    @Test
    void nothingIsLeftBehind() throws IOException {
        Path file = Files.write(folder.resolve("a.json.gz"), gzip(LINES));
        Set<Path> before = temporaryFiles();
        try (Documents documents = TextFiles.openDocuments(file)) {
            documents.text(0);
            assertThat(temporaryFiles()).as("deleted while still open").isSubsetOf(before);
            documents.close();
            documents.close();
        }
        assertThat(temporaryFiles()).isSubsetOf(before);
    }

    private static Set<Path> temporaryFiles() throws IOException {
        Set<Path> found = new HashSet<>();
        try (var files = Files.newDirectoryStream(Path.of(System.getProperty("java.io.tmpdir")), "wanda-gpu*")) {
            files.forEach(found::add);
        }
        return found;
    }

    @Test
    void aDocumentThatIsNotThereIsRefused() throws IOException {
        try (Documents documents = TextFiles.openDocuments(Files.writeString(folder.resolve("a.jsonl"), LINES))) {
            assertThatThrownBy(() -> documents.text(5)).isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> documents.text(-1)).isInstanceOf(IndexOutOfBoundsException.class);
        }
    }

    private static void assertHoldsTexts(Path file) {
        try (Documents documents = TextFiles.openDocuments(file)) {
            assertThat(documents.count()).isEqualTo(TEXTS.size());
            for (int index : new int[] {4, 0, 2, 1, 3, 4}) {
                assertThat(documents.text(index)).isEqualTo(TEXTS.get(index));
            }
            assertThat(documents.where()).isEqualTo(file.toString());
        }
    }

    static byte[] gzip(String text) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream output = new GZIPOutputStream(bytes)) {
            output.write(text.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }
}
