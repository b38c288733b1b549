package org.wandagpu.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.wandagpu.failure.BadInputException;

/** Every way in which a safetensors file can be bad, on a few literal bytes each, with the start of its message. */
class SafetensorsFaultTest {

    private static final String A = "\"a\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[0,2]}";

    @TempDir
    Path folder;

    private void assertRefused(byte[] bytes, String message) {
        Path file = SafetensorsBytes.write(folder.resolve("model.safetensors"), bytes);
        assertThatThrownBy(() -> SafetensorsFile.open(file).close())
                .isInstanceOf(BadInputException.class)
                .hasMessageStartingWith(file + ": " + message)
                .satisfies(e -> assertThat(e.getMessage().lines()).hasSize(1));
    }

    private static Arguments header(String what, String header, int dataBytes, String message) {
        return arguments(what, SafetensorsBytes.of(header, dataBytes), message);
    }

    private static String entry(String dtype, String shape, String offsets) {
        return "{\"a\":{\"dtype\":" + dtype + ",\"shape\":" + shape + ",\"data_offsets\":" + offsets + "}}";
    }

    private static byte[] length(long announced, int following) {
        return ByteBuffer.allocate(8 + following).order(ByteOrder.LITTLE_ENDIAN).putLong(announced).array();
    }

    static Stream<Arguments> beginnings() {
        return Stream.of(
                arguments("nothing", new byte[0], "has 0 bytes, fewer than the 8 a safetensors file begins with"),
                arguments("7 bytes", new byte[7], "has 7 bytes, fewer than the 8 a safetensors file begins with"),
                arguments("over the limit", length(100_000_001, 0),
                        "byte 0: a header of 100000001 bytes is announced, more than the 100000000 allowed"),
                arguments("negative length", length(-1, 0),
                        "byte 0: a header of 18446744073709551615 bytes is announced, more than the 100000000 allowed"),
                arguments("beyond the end", length(3, 2),
                        "byte 0: a header of 3 bytes is announced, but only 2 bytes follow"));
    }

    static Stream<Arguments> texts() {
        String bom = "\uFEFF{" + A + "}";
        return Stream.of(
                arguments("not UTF-8", SafetensorsBytes.of(new byte[] {'{', '"', (byte) 0xff, '"', '}'}, 0),
                        "byte 10: the header is not UTF-8"),
                arguments("overlong form", SafetensorsBytes.of(new byte[] {'{', '"', (byte) 0xc0, (byte) 0x80, '"'}, 0),
                        "byte 10: the header is not UTF-8"),
                arguments("surrogate",
                        SafetensorsBytes.of(new byte[] {'{', '"', (byte) 0xed, (byte) 0xa0, (byte) 0x80}, 0),
                        "byte 10: the header is not UTF-8"),
                arguments("cut in a character", SafetensorsBytes.of(new byte[] {'{', '"', (byte) 0xc3}, 0),
                        "byte 10: the header is not UTF-8"),
                arguments("UTF-16", SafetensorsBytes.of("{}".getBytes(StandardCharsets.UTF_16LE), 0),
                        "header, character "),
                header("byte order mark", bom, 2, "header, character 0: not JSON (Unexpected character ('\\ufeff'"),
                header("not JSON", "{\"a\":}", 0, "header, character 5: not JSON ("),
                header("cut off", "{\"a\":{", 0, "header, character 6: not JSON (Unexpected end-of-input"),
                header("empty", "", 0, "the header is not a JSON object"),
                header("only spaces", "   ", 0, "the header is not a JSON object"),
                header("an array", "[]", 0, "the header is not a JSON object"),
                header("a number", "1", 0, "the header is not a JSON object"),
                header("NUL padding", "{" + A + "}\0\0", 2, "header, character "),
                header("a second object", "{" + A + "}{}", 2,
                        "header, character 53: something follows the JSON object"),
                header("a word behind", "{" + A + "}x", 2, "header, character "),
                header("nesting", "{\"a\":" + "[".repeat(100_000), 0, "tensor a: its entry"),
                header("nesting in an unknown field", "{\"a\":{\"x\":" + "[".repeat(100_000), 0,
                        "the header is beyond the limits of this program (Document nesting depth (17)"),
                header("a long number", entry("\"U8\"", "[" + "1".repeat(21) + "]", "[0,2]"), 2,
                        "the header is beyond the limits of this program (Number value length (21)"),
                header("a leading zero", entry("\"U8\"", "[02]", "[0,2]"), 2, "header, character "));
    }

    static Stream<Arguments> metadata() {
        return Stream.of(
                header("a list", "{\"__metadata__\":[]," + A + "}", 2, "__metadata__ is not a map of texts to texts"),
                header("a number in it", "{\"__metadata__\":{\"x\":1}," + A + "}", 2,
                        "__metadata__ is not a map of texts"),
                header("an object in it", "{\"__metadata__\":{\"x\":{}}," + A + "}", 2, "__metadata__ is not a map"),
                header("twice", "{\"__metadata__\":{},\"__metadata__\":{}," + A + "}", 2,
                        "the header has __metadata__ twice"),
                header("twice by null", "{\"__metadata__\":null,\"__metadata__\":{}," + A + "}", 2,
                        "the header has __metadata__ twice"));
    }

    static Stream<Arguments> names() {
        String longName = "n".repeat(4097);
        String wideName = "\u20ac".repeat(1366); // 4098 bytes
        return Stream.of(
                header("a name twice", "{" + A + ",\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[2,3]}}", 3,
                        "tensor a is in the header twice"),
                header("the same name by an escape", "{" + A
                        + ",\"\\u0061\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[2,3]}}", 3,
                        "tensor a is in the header twice"),
                header("4097 characters", "{\"" + longName + "\":{}}", 0, "the header is beyond the limits"),
                header("4098 bytes", "{\"" + wideName + "\":{}}", 0, "tensor \u20ac\u20ac"));
    }

    static Stream<Arguments> fields() {
        return Stream.of(
                header("not an object", "{\"a\":3}", 0, "tensor a: its entry is not a JSON object"),
                header("dtype twice",
                        "{\"a\":{\"dtype\":\"U8\",\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[0,2]}}", 2,
                        "tensor a: field dtype is there twice"),
                header("shape twice",
                        "{\"a\":{\"dtype\":\"U8\",\"shape\":[2],\"shape\":[2],\"data_offsets\":[0,2]}}", 2,
                        "tensor a: field shape is there twice"),
                header("offsets twice",
                        "{\"a\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[0,2],\"data_offsets\":[0,2]}}", 2,
                        "tensor a: field data_offsets is there twice"),
                header("no dtype", "{\"a\":{\"shape\":[2],\"data_offsets\":[0,2]}}", 2,
                        "tensor a: field dtype is missing"),
                header("no shape", "{\"a\":{\"dtype\":\"U8\",\"data_offsets\":[0,2]}}", 2,
                        "tensor a: field shape is missing"),
                header("no offsets", "{\"a\":{\"dtype\":\"U8\",\"shape\":[2]}}", 2,
                        "tensor a: field data_offsets is missing"),
                header("unknown dtype", entry("\"F17\"", "[2]", "[0,2]"), 2,
                        "tensor a: dtype F17 is not one of the format's"),
                header("lower-case dtype", entry("\"u8\"", "[2]", "[0,2]"), 2, "tensor a: dtype u8 is not one of"),
                header("dtype a number", entry("8", "[2]", "[0,2]"), 2, "tensor a: dtype 8 is not one of"),
                header("dtype a list", entry("[]", "[2]", "[0,2]"), 2, "tensor a: dtype that is no text is not one of"),
                header("negative dimension", entry("\"U8\"", "[-2]", "[0,2]"), 2, "tensor a: shape is not an array"),
                header("minus zero", entry("\"U8\"", "[-0]", "[0,0]"), 0, "tensor a: shape is not an array"),
                header("fractional dimension", entry("\"U8\"", "[2.0]", "[0,2]"), 2, "tensor a: shape is not an array"),
                header("quoted dimension", entry("\"U8\"", "[\"2\"]", "[0,2]"), 2, "tensor a: shape is not an array"),
                header("dimension 2^63", entry("\"U8\"", "[9223372036854775808]", "[0,2]"), 2,
                        "tensor a: shape is not an array"),
                header("shape a number", entry("\"U8\"", "2", "[0,2]"), 2, "tensor a: shape is not an array"),
                header("65 dimensions", entry("\"U8\"", "[" + "1,".repeat(64) + "1]", "[0,1]"), 1,
                        "tensor a: more than the 64 dimensions allowed"),
                header("one offset", entry("\"U8\"", "[2]", "[0]"), 2, "tensor a: data_offsets is not an array of two"),
                header("three offsets", entry("\"U8\"", "[2]", "[0,2,2]"), 2,
                        "tensor a: data_offsets is not an array of two"),
                header("negative offset", entry("\"U8\"", "[2]", "[-1,1]"), 2,
                        "tensor a: data_offsets is not an array"));
    }

    static Stream<Arguments> places() {
        String two = ",\"b\":{\"dtype\":\"U8\",\"shape\":[%s],\"data_offsets\":[%s]}}";
        return Stream.of(
                header("end before begin", entry("\"U8\"", "[2]", "[2,0]"), 2,
                        "tensor a: data_offsets [2, 0] end before they begin"),
                header("size and shape differ", entry("\"F16\"", "[2]", "[0,2]"), 2,
                        "tensor a: data_offsets [0, 2] hold 2 bytes, but F16[2] needs 4"),
                header("part of a byte", entry("\"F4\"", "[3]", "[0,2]"), 2,
                        "tensor a: F4[3] does not end on a whole byte"),
                header("product that wraps to 4", entry("\"U8\"", "[4194305, 4194305, 211106198978564]", "[0,4]"), 4,
                        "tensor a: the size of U8[4194305, 4194305, 211106198978564] overflows 63 bits"),
                header("bits overflow", entry("\"U64\"", "[1152921504606846976]", "[0,0]"), 0,
                        "tensor a: the size of U64[1152921504606846976] overflows 63 bits"),
                header("overflow before a zero", entry("\"U8\"", "[4611686018427387904, 4, 0]", "[0,0]"), 0,
                        "tensor a: the size of U8[4611686018427387904, 4, 0] overflows 63 bits"),
                header("first not at 0", entry("\"U8\"", "[2]", "[1,3]"), 3,
                        "tensor a: begins at data byte 1, 1 bytes behind the end of what stands before it"),
                header("hole", "{" + A + two.formatted("1", "3,4"), 4,
                        "tensor b: begins at data byte 3, 1 bytes behind"),
                header("overlap", "{" + A + two.formatted("2", "1,3"), 3,
                        "tensor b: begins at data byte 1, but a before it ends at 2"),
                header("one range twice", "{" + A + two.formatted("2", "0,2"), 2,
                        "tensor b: begins at data byte 0, but a before it ends at 2"),
                header("cut off", "{" + A + "}", 1,
                        "tensor a: ends at data byte 2, but the file has only 1 bytes of data"),
                header("bytes behind", "{" + A + "}", 5, "3 bytes follow the last tensor, which ends at data byte 2"),
                header("no tensor, but data", "{}", 1, "1 bytes follow the last tensor, which ends at data byte 0"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource({"beginnings", "texts", "metadata", "names", "fields", "places"})
    void isRefusedInOneLineThatNamesThePlace(String what, byte[] bytes, String message) {
        assertRefused(bytes, message);
    }

    @Test
    void everyCutOfAGoodFileIsRefused() {
        byte[] whole = SafetensorsBytes.of("{" + A + "}  ", 2);
        for (int length = 0; length < whole.length; length++) {
            assertRefused(Arrays.copyOf(whole, length), "");
        }
    }

    @Test
    void aNameIsShownOnOneLineAndCut() {
        assertRefused(SafetensorsBytes.of("{\"x\\n\\u202e" + "y".repeat(500) + "\":3}", 0),
                "tensor x\\u000a\\u202e" + "y".repeat(104) + "...: its entry is not a JSON object");
    }
}
