package org.wandagpu.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.wandagpu.failure.BadInputException;
import org.wandagpu.failure.WandaException;
import org.wandagpu.failure.WorkFailedException;

class BadDocumentsTest {

    private static final String GOOD = "{\"text\": \"good\"}\n\n";

    @TempDir
    private Path folder;

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "{\"text\": \"cut             | , column 14: not valid JSON: Unexpected end-of-input in VALUE_STRING",
        "{\"text\": \"a\"            | , column 13: not valid JSON: Unexpected end-of-input",
        "{\"text\": a}               | , column 10: not valid JSON: Unrecognized token 'a'",
        "{\"text\": \"\\x\"}         | , column 12: not valid JSON: Unrecognized character escape",
        "{\"text\": \"a\", \"text\": \"b\"} | , column 21: not valid JSON: Duplicate field 'text'",
        "{\"text\": \"a\"} {\"text\": \"b\"}  | : more than one JSON object; each line is one",
        "[\"text\"]                  | : not a JSON object; each line is one, like {\"text\": \"...\"}",
        "\"text\"                    | : not a JSON object; each line is one, like {\"text\": \"...\"}",
        "{\"content\": \"a\", \"id\": 1} | : no field \"text\"; it has: content, id",
        "{}                          | : no field \"text\"; it has: nothing",
        "{\"text\": null}            | : the field \"text\" is not a string",
        "{\"text\": [\"a\"]}         | : the field \"text\" is not a string",
        "{\"text\": 5}               | : the field \"text\" is not a string",
    })
    void aBrokenLineIsNamedWithItsNumber(String line, String message) throws IOException {
        Path plain = Files.writeString(folder.resolve("a.jsonl"), GOOD + line);
        assertThatThrownBy(() -> TextFiles.openDocuments(plain)).isInstanceOf(BadInputException.class)
                .hasMessageStartingWith(plain + ", line 3" + message);
        Path compressed = Files.write(folder.resolve("a.json.gz"), DocumentsTest.gzip(GOOD + line + "\n" + GOOD));
        assertThatThrownBy(() -> TextFiles.openDocuments(compressed)).isInstanceOf(BadInputException.class)
                .hasMessageStartingWith(compressed + ", line 3" + message);
    }

    @Test
    void aLineThatIsNotUtf8IsNamed() throws IOException {
        byte[] bytes = (GOOD + "{\"text\": \"ab?\"}").getBytes(StandardCharsets.UTF_8);
        bytes[bytes.length - 3] = (byte) 0xff;
        Path file = Files.write(folder.resolve("a.jsonl"), bytes);
        assertThatThrownBy(() -> TextFiles.openDocuments(file)).isInstanceOf(BadInputException.class)
                .hasMessageStartingWith(file + ", line 3, column ").hasMessageContaining("Invalid UTF-8");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n \n"})
    void aFileWithoutDocumentsIsRefused(String content) throws IOException {
        Path plain = Files.writeString(folder.resolve("a.jsonl"), content);
        assertThatThrownBy(() -> TextFiles.openDocuments(plain)).isInstanceOf(BadInputException.class)
                .hasMessage(plain + ": holds no document");
        Path compressed = Files.write(folder.resolve("a.json.gz"), DocumentsTest.gzip(content));
        assertThatThrownBy(() -> TextFiles.openDocuments(compressed)).isInstanceOf(BadInputException.class)
                .hasMessage(compressed + ": holds no document");
    }

    @Test
    void gzipDataCutOffAnywhereIsRefused() throws IOException {
        byte[] whole = DocumentsTest.gzip(GOOD + "{\"text\": \"and a second one\"}\n");
        Path file = folder.resolve("a.json.gz");
        for (int length = 0; length < whole.length; length++) {
            Files.write(file, Arrays.copyOf(whole, length));
            assertThatThrownBy(() -> TextFiles.openDocuments(file)).as("%d bytes", length)
                    .isInstanceOf(BadInputException.class).hasMessageStartingWith(file.toString());
        }
    }

    @Test
    void dataThatIsNotGzipOrDamagedIsRefused() throws IOException {
        Path file = Files.writeString(folder.resolve("a.json.gz"), GOOD);
        assertThatThrownBy(() -> TextFiles.openDocuments(file)).isInstanceOf(BadInputException.class)
                .hasMessage(file + ": not sound gzip data: Not in GZIP format; fetch the file again");
        byte[] damaged = DocumentsTest.gzip(GOOD);
        damaged[damaged.length - 6] ^= 1; // the checksum
        Files.write(file, damaged);
        assertThatThrownBy(() -> TextFiles.openDocuments(file)).isInstanceOf(BadInputException.class)
                .hasMessage(file + ": not sound gzip data: Corrupt GZIP trailer; fetch the file again");
    }

    @Test
    void aLineThatUnpacksToHundredsOfMegabytesIsRefusedEarly() throws IOException {
        Path file = folder.resolve("bomb.json.gz");
        byte[] zeros = new byte[1 << 20];
        try (GZIPOutputStream output = new GZIPOutputStream(Files.newOutputStream(file), 1 << 16)) {
            for (int i = 0; i < 400; i++) {
                output.write(zeros);
            }
        }
        assertThatThrownBy(() -> TextFiles.openDocuments(file)).isInstanceOf(BadInputException.class)
                .hasMessage(file + ", line 1: longer than 32 MiB; cut the document into several");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "no-text.parquet     | : no column \"text\"; it has: content, url",
        "nested-text.parquet | : the column \"text\" does not hold one string a row",
        "number-text.parquet | : the column \"text\" does not hold one string a row",
        "null-text.parquet   | , row 2: no text (null)",
        "brotli.parquet | : the column \"text\" is compressed with BROTLI; write the file with snappy, gzip or zstd",
        "binary-text.parquet | , row 2: not UTF-8 at byte 1 of the text",
    })
    void aTableWithoutTextsIsNamed(String name, String message) {
        Path file = Fixtures.own(name);
        assertThatThrownBy(() -> TextFiles.openDocuments(file)).isInstanceOf(BadInputException.class)
                .hasMessage(file + message);
    }

    @Test
    void aTableCutOffAnywhereIsRefused() throws IOException {
        byte[] whole = Files.readAllBytes(Fixtures.own("plain.parquet"));
        Path file = folder.resolve("a.parquet");
        for (int length = 0; length < whole.length; length += 7) {
            Files.write(file, Arrays.copyOf(whole, length));
            assertThatThrownBy(() -> TextFiles.openDocuments(file)).as("%d bytes", length)
                    .isInstanceOf(BadInputException.class)
                    .hasMessageStartingWith(file + ": cannot be read as Parquet: ");
        }
    }

    /** A page longer than its column: hardwood alone would read on at the column's end for ever. */
    @Test
    void aTableWhosePageLeavesItsColumnIsRefused() {
        Path file = Fixtures.own("endless.parquet");
        assertThatThrownBy(() -> TextFiles.openDocuments(file)).isInstanceOf(BadInputException.class)
                .hasMessage(file + ": cannot be read as Parquet: it points to 0 bytes at 158 of 1162; "
                        + "fetch or write the file again");
    }

    @Test
    void changedBytesNeverCrash() throws IOException {
        byte[] good = Files.readAllBytes(Fixtures.own("plain.parquet"));
        PythonRandom random = new PythonRandom(12);
        Path file = folder.resolve("a.parquet");
        for (int round = 0; round < 500; round++) {
            byte[] bytes = good.clone();
            for (int change = 0; change <= round % 3; change++) {
                bytes[random.randbelow(bytes.length)] = (byte) random.randbelow(256);
            }
            Files.write(file, bytes);
            try (Documents documents = TextFiles.openDocuments(file)) {
                documents.text(documents.count() - 1);
            } catch (WandaException e) {
                assertThat(e.getMessage()).as("round %d of seed 12", round).startsWith(file.toString())
                        .doesNotContain("\n");
            }
        }
    }

    @Test
    void aFileThatBecomesShorterIsNoticed() throws IOException {
        Path file = Files.writeString(folder.resolve("a.jsonl"), GOOD + GOOD);
        try (Documents documents = TextFiles.openDocuments(file)) {
            Files.writeString(file, GOOD);
            assertThatThrownBy(() -> documents.text(1)).isInstanceOf(WorkFailedException.class)
                    .hasMessage(file + ": became shorter while it was read; start again");
        }
    }
}
