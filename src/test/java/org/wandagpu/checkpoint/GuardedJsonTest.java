package org.wandagpu.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wandagpu.failure.BadInputException;

/** JSON that somebody else wrote: what is read, and that the refused names its line and column. */
class GuardedJsonTest {

    private static final String ADVICE = "; take the file that came with the model";

    @TempDir
    Path folder;

    private JsonNode read(byte[] content) {
        return GuardedJson.readObject(SafetensorsBytes.write(folder.resolve("config.json"), content), 16, 1000);
    }

    private void assertRefused(String content, String message) {
        assertThatThrownBy(() -> read(content.getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(BadInputException.class)
                .hasMessageStartingWith(folder.resolve("config.json") + message)
                .hasMessageEndingWith(ADVICE)
                .satisfies(e -> assertThat(e.getMessage().lines()).hasSize(1));
    }

    @Test
    void anObjectIsReadWithLongNumbersAndAnyText() {
        String text = " {\"a\":0.00014434510707855225,\"b\":\"\u20ac\ud83d\ude00\\n\"}\n";
        JsonNode root = read(text.getBytes(StandardCharsets.UTF_8));
        assertThat(root.get("a").doubleValue()).isEqualTo(0.00014434510707855225);
        assertThat(root.get("b").textValue()).isEqualTo("\u20ac\ud83d\ude00\n");
    }

    @Test
    void whatIsNotOneObjectIsRefused() {
        assertRefused("", ": is not a JSON object");
        assertRefused("[1]", ": is not a JSON object");
        assertRefused("null", ": is not a JSON object");
        assertRefused("{}\n {}", ", line 2, column 2: something follows the JSON object");
        assertRefused("{\n\"a\": tru}", ", line 2, column 6: Unrecognized token 'tru'");
        assertRefused("{\"a\": NaN}", ", line 1, column 10: Non-standard token 'NaN'" + ADVICE);
        assertRefused("\uFEFF{}", ", line 1, column 1: Unexpected character ('\\ufeff'");
    }

    @Test
    void aNameTwiceIsRefusedAlsoByAnEscape() {
        assertRefused("{\"a\":1,\"a\":2}", ", line 1, column 11: Duplicate field 'a'");
        assertRefused("{\"x\":{\"a\":1,\"\\u0061\":2}}", ", line 1, column 21: Duplicate field 'a'");
    }

    @Test
    void depthSizeAndDigitsAreBounded() {
        assertRefused("{\"a\":" + "[".repeat(900),
                ": Document nesting depth (17) exceeds the maximum allowed (16)");
        assertRefused("{\"a\":" + "1".repeat(101) + "}",
                ": Number value length (101) exceeds the maximum allowed (100)");
        assertRefused(" ".repeat(1001), ": has 1001 bytes, more than the 1000 allowed");
    }

    @Test
    void bytesThatAreNotUtf8AreNamedByPlace() {
        assertThatThrownBy(() -> read(new byte[] {'{', '"', 'a', '"', ':', '"', (byte) 0xe9, '"', '}'}))
                .isInstanceOf(BadInputException.class)
                .hasMessage(folder.resolve("config.json") + ": byte 6 is not UTF-8" + ADVICE);
    }

    @Test
    void aMissingFileAndAFolderAreRefused() {
        assertThatThrownBy(() -> GuardedJson.readObject(folder.resolve("config.json"), 16, 1000))
                .isInstanceOf(BadInputException.class)
                .hasMessage(folder.resolve("config.json") + ": there is no such file" + ADVICE);
        assertThatThrownBy(() -> GuardedJson.readObject(folder, 16, 1000))
                .isInstanceOf(BadInputException.class)
                .hasMessage(folder + ": is not a regular file" + ADVICE);
    }
}
