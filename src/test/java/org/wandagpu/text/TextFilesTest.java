package org.wandagpu.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.wandagpu.failure.BadInputException;
import org.wandagpu.failure.UsageException;

class TextFilesTest {

    /** What the published evaluation reads of wiki.test.raw: rows joined with two line breaks. */
    private static final int WIKITEXT_TOKENS_OF_SMOLLM2 = 304_978;

    @TempDir
    private Path folder;

    @Test
    void kindsAreToldByTheEndOfTheName() {
        assertThat(TextFiles.holdsDocuments(Path.of("a.jsonl"))).isTrue();
        assertThat(TextFiles.holdsDocuments(Path.of("c4-train.00000-of-01024.json.gz"))).isTrue();
        assertThat(TextFiles.holdsDocuments(Path.of("A.JSONL.GZ"))).isTrue();
        assertThat(TextFiles.holdsDocuments(Path.of("a.parquet"))).isTrue();
        assertThat(TextFiles.holdsDocuments(Path.of("a.jsonl.txt"))).isFalse();
        assertThat(TextFiles.holdsDocuments(Path.of("wiki.test.raw"))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a.csv", "a.json", "a.gz", "txt", "a.parquet.bak"})
    void anotherEndingIsRefusedWithTheListOfThoseKnown(String name) {
        assertThatThrownBy(() -> TextFiles.readRow(Path.of(name))).isInstanceOf(UsageException.class)
                .hasMessage(name + ": cannot tell from the name what kind of text it is; it may end in .txt (one "
                        + "text), .raw (WikiText), .jsonl, .json.gz, .jsonl.gz or .parquet (documents with a field "
                        + "\"text\")");
    }

    @Test
    void aPlainTextIsReadAsItStands() throws IOException {
        String text = "\n one \r\n\n two\u0000\u2028\n";
        Path file = Files.writeString(folder.resolve("a.txt"), text);
        assertThat(TextFiles.readRow(file)).isEqualTo(text);
        assertThat(TextFiles.readEvaluationText(file)).isEqualTo(text);
    }

    @Test
    void wikitextRowsKeepTheirLineBreakAndBlankOnesAreEmpty() throws IOException {
        Path file = Files.writeString(folder.resolve("a.raw"), " \n = T = \n \u00a0\u2028\u0085 \n x \n y");
        assertThat(TextFiles.readEvaluationText(file)).isEqualTo("\n\n = T = \n\n\n\n\n x \n\n\n y");
        assertThat(TextFiles.readRow(file)).isEqualTo("  = T = \n   x \n  y");
    }

    @Test
    void rowsOfATableAreJoinedLikeThoseOfWikitext() throws IOException {
        Path file = Files.writeString(folder.resolve("a.jsonl"), """
                {"text": ""}
                {"text": " = T = \\n"}
                {"text": " x \\n"}
                """);
        assertThat(TextFiles.readEvaluationText(file)).isEqualTo("\n\n = T = \n\n\n x \n");
        assertThat(TextFiles.readRow(file)).isEqualTo("  = T = \n  x \n");
        assertThat(TextFiles.readEvaluationText(Fixtures.own("plain.parquet")))
                .isEqualTo("First document.\n\n\n\nGrüße, 東京 😀\n\nline one\nline two\n\n\n = Title = \n");
    }

    @Test
    void wikitextGivesAsManyTokensAsThePublishedEvaluation() throws Exception {
        String text = TextFiles.readEvaluationText(Fixtures.shared("data/wikitext-2-raw/wiki.test.raw"));
        try (Tokenizer tokenizer = Tokenizer.open(SmolLm2.tokenizer(folder))) {
            assertThat(tokenizer.encode(text)).hasSize(WIKITEXT_TOKENS_OF_SMOLLM2);
        }
    }

    @Test
    void bytesThatAreNotUtf8AreRefusedWithTheirOffset() throws IOException {
        byte[] bytes = ("é".repeat(20_000) + "xxxx").getBytes(StandardCharsets.UTF_8);
        bytes[40_002] = (byte) 0xff;
        Path file = Files.write(folder.resolve("a.txt"), bytes);
        assertThatThrownBy(() -> TextFiles.readRow(file)).isInstanceOf(BadInputException.class)
                .hasMessage(file + ": not UTF-8 at byte 40002; convert it to UTF-8");
    }

    @Test
    void aCharacterCutOffAtTheEndIsRefusedWithItsOffset() throws IOException {
        Path file = Files.write(folder.resolve("a.raw"), new byte[] {'a', 'b', (byte) 0xe2, (byte) 0x82});
        assertThatThrownBy(() -> TextFiles.readRow(file)).isInstanceOf(BadInputException.class)
                .hasMessage(file + ": not UTF-8 at byte 2; convert it to UTF-8");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " \n\t\n"})
    void aTextOfNothingIsRefused(String text) throws IOException {
        Path file = Files.writeString(folder.resolve("a.txt"), text);
        assertThatThrownBy(() -> TextFiles.readEvaluationText(file)).isInstanceOf(BadInputException.class)
                .hasMessage(file + ": holds no text");
    }

    @ParameterizedTest
    @ValueSource(strings = {"none.txt", "none.raw", "none.jsonl", "none.json.gz", "none.parquet"})
    void aMissingFileIsNamed(String name) {
        Path file = folder.resolve(name);
        assertThatThrownBy(() -> TextFiles.readEvaluationText(file)).isInstanceOf(BadInputException.class)
                .hasMessageStartingWith(file + ": no such file");
    }
}
