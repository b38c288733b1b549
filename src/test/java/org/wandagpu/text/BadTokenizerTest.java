package org.wandagpu.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.wandagpu.failure.BadInputException;
import org.wandagpu.failure.WandaException;
import org.wandagpu.failure.WorkFailedException;

class BadTokenizerTest {

    private static final String PRE_TOKENIZER = "\"pre_tokenizer\":{\"type\":\"ByteLevel\","
            + "\"add_prefix_space\":false,\"trim_offsets\":true,\"use_regex\":true}";

    @TempDir
    private Path folder;

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "{\"version\":          | , line 1, column 12: not valid JSON: ",
        "`{\"a\":1,\n\"a\":2}`  | , line 2, column 4: not valid JSON: Duplicate field 'a'",
        "[]                     | : not a JSON object",
        "{}                     | : holds no vocabulary",
        "{\"model\":{\"vocab\":{\"a\":\"x\"}}} | , line 1, column 25: not valid JSON: Current token (VALUE_STRING)",
        "{\"model\":{\"vocab\":{\"a\":4294967295}}} | , line 1, column 34: not valid JSON: Numeric value (4294",
        "{\"model\":{\"vocab\":{\"a\":-1}}}           | : token id -1 is not from 0 to 16777215",
        "{\"model\":{\"vocab\":{\"a\":2000000000}}}   | : token id 2000000000 is not from 0 to 16777215",
        "{\"model\":{\"vocab\":{\"a\":1,\"b\":1}}} | : token \"b\" has id 1, which another token has too; each token",
        "{\"added_tokens\":[{\"id\":0}]}              | : an added token lacks its content or id",
        "{\"model\":{\"vocab\":{\"a\":1}},\"added_tokens\":[{\"id\":2,\"content\":\"a\"}]} "
                + "| : token \"a\" has id 2 and id 1; each token must have an id of its own",
        "{\"model\":{\"vocab\":{\"a\":1}}}            | : the tokenizers library refuses it: ",
    })
    void whatIsWrongInTokenizerJsonIsNamed(String json, String message) throws IOException {
        Fixtures.tokenizerFolder(folder, json);
        assertThatThrownBy(() -> Tokenizer.open(folder)).isInstanceOf(BadInputException.class)
                .hasMessageStartingWith(folder.resolve("tokenizer.json") + message);
    }

    @Test
    void deepNestingIsRefused() throws IOException {
        Fixtures.tokenizerFolder(folder, "{\"model\":" + "[".repeat(100_000));
        assertThatThrownBy(() -> Tokenizer.open(folder)).isInstanceOf(BadInputException.class)
                .hasMessageContaining("nesting depth");
    }

    @Test
    void aFolderWithoutTokenizerSaysWhatToDo() throws IOException {
        assertThatThrownBy(() -> Tokenizer.open(folder)).isInstanceOf(BadInputException.class)
                .hasMessage(folder + ": no tokenizer.json; copy the model's tokenizer here, or give token ids");
        Files.write(folder.resolve("tokenizer.model"), new byte[] {1, 2, 3});
        assertThatThrownBy(() -> Tokenizer.open(folder)).isInstanceOf(BadInputException.class)
                .hasMessageStartingWith(folder + ": no tokenizer.json; the tokenizer lies here in an older form");
    }

    @Test
    void aBrokenTokenizerConfigIsNamed() throws IOException {
        Fixtures.tokenizerFolder(folder, Files.readString(Fixtures.tinyLlama().resolve("tokenizer.json")));
        Files.writeString(folder.resolve("tokenizer_config.json"), "{\"bos_token\": ");
        assertThatThrownBy(() -> Tokenizer.open(folder)).isInstanceOf(BadInputException.class)
                .hasMessageStartingWith(folder.resolve("tokenizer_config.json") + ", line 1, column ");
    }

    /** The library aborts its process here; the message is its own. */
    @Test
    void aTemplateThatDoesNotFitEndsWithAMessage() throws IOException {
        Fixtures.tokenizerFolder(folder, Fixtures.tinyLlamaWith(
                "\"special_tokens\":{\"<s>\":{\"id\":\"<s>\",\"ids\":[0],\"tokens\":[\"<s>\"]}}",
                "\"special_tokens\":{}"));
        try (Tokenizer tokenizer = Tokenizer.open(folder)) {
            assertThat(tokenizer.encodeOrdinary("fine without it")).isNotEmpty();
            assertThatThrownBy(() -> tokenizer.encode("six by")).isInstanceOf(BadInputException.class)
                    .hasMessage(folder.resolve("tokenizer.json") + ": the tokenizers library crashed on 6 bytes: no "
                            + "entry found for key; the file is damaged, or a regular expression in it does not bear "
                            + "this text");
            assertThatThrownBy(() -> tokenizer.encode("again")).isInstanceOf(BadInputException.class);
        }
    }

    @Test
    void aRegularExpressionThatBacktracksWithoutEndEndsWithAMessage() throws IOException {
        splitBy("(a+)+$");
        try (Tokenizer tokenizer = Tokenizer.open(folder)) {
            assertThatThrownBy(() -> tokenizer.encode("a".repeat(40) + "b")).isInstanceOf(BadInputException.class)
                    .hasMessageContaining("the tokenizers library crashed on 41 bytes: Onig: Regex search error: ");
        }
    }

    /** Each run of letters stays just below the point where the library gives up by itself. */
    @Test
    void tokenisingThatTakesTooLongIsEnded() throws IOException {
        splitBy("(a|aa)+$");
        long begin = System.nanoTime();
        try (Tokenizer tokenizer = Tokenizer.open(folder, Duration.ofSeconds(3))) {
            String text = ("a".repeat(22) + "b").repeat(20_000);
            assertThatThrownBy(() -> tokenizer.encode(text)).isInstanceOf(WorkFailedException.class)
                    .hasMessage(folder.resolve("tokenizer.json") + ": tokenising 460000 bytes took more than 3 s and "
                            + "was ended; a regular expression in it may run endlessly on this text: use another "
                            + "tokenizer or text, or token ids from a file");
        }
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(15));
    }

    /** Bytes of a good file changed at seeded places: it opens, or is refused in one line; this process lives on. */
    @Test
    void changedBytesNeverCrash() throws IOException {
        byte[] good = Files.readAllBytes(Fixtures.tinyLlama().resolve("tokenizer.json"));
        PythonRandom random = new PythonRandom(20);
        for (int round = 0; round < 20; round++) {
            byte[] bytes = good.clone();
            for (int change = 0; change <= round % 3; change++) {
                bytes[random.randbelow(round % 2 == 0 ? 2000 : bytes.length)] = (byte) random.randbelow(128);
            }
            Files.write(folder.resolve("tokenizer.json"), bytes);
            try (Tokenizer tokenizer = Tokenizer.open(folder)) {
                tokenizer.encode("physical entity: an entity that has physical existence");
            } catch (WandaException e) {
                assertThat(e.getMessage()).as("round %d of seed 20", round).startsWith(folder.toString())
                        .doesNotContain("\n");
            }
        }
    }

    private void splitBy(String regularExpression) throws IOException {
        Fixtures.tokenizerFolder(folder, Fixtures.tinyLlamaWith(PRE_TOKENIZER,
                "\"pre_tokenizer\":{\"type\":\"Split\",\"pattern\":{\"Regex\":\"" + regularExpression
                        + "\"},\"behavior\":\"Isolated\",\"invert\":false}"));
    }
}
