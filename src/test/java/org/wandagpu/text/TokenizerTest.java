package org.wandagpu.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenizerTest {

    @TempDir
    private Path folder;

    /** Ids and texts by the Python package tokenizers 0.23.2. */
    @Test
    void idsAndTextsAreThoseOfThePythonPackage() {
        try (Tokenizer tokenizer = Tokenizer.open(Fixtures.tinyLlama())) {
            for (JsonNode item : Fixtures.json(Fixtures.own("tiny-llama-encodings.json"))) {
                String text = item.get("text").textValue();
                int[] ids = tokenizer.encode(text);
                assertThat(ids).as(text).isEqualTo(Fixtures.ints(item.get("ids")));
                assertThat(tokenizer.encodeOrdinary(text)).as(text).isEqualTo(Fixtures.ints(item.get("ordinary")));
                assertThat(tokenizer.decode(ids)).isEqualTo(item.get("decoded").textValue());
            }
        }
    }

    @Test
    void sizeAndSpecialTokensAreThoseOfTheFiles() throws IOException {
        try (Tokenizer tokenizer = Tokenizer.open(Fixtures.tinyLlama())) {
            assertThat(tokenizer.vocabularySize()).isEqualTo(2048);
            assertThat(tokenizer.beginId()).isEqualTo(0);
            assertThat(tokenizer.endId()).isEqualTo(1);
        }
        Path more = Fixtures.tokenizerFolder(folder, Fixtures.tinyLlamaWith("\"added_tokens\":[",
                "\"added_tokens\":[{\"id\":5000,\"content\":\"<end>\",\"single_word\":false,\"lstrip\":false,"
                        + "\"rstrip\":false,\"normalized\":false,\"special\":true},"));
        Files.writeString(more.resolve("special_tokens_map.json"), "{\"eos_token\": {\"content\": \"<end>\"}}");
        try (Tokenizer tokenizer = Tokenizer.open(more)) {
            assertThat(tokenizer.vocabularySize()).isEqualTo(5001);
            assertThat(tokenizer.beginId()).isNull();
            assertThat(tokenizer.endId()).isEqualTo(5000);
        }
    }

    @Test
    void aFolderInAZipFileWillDo() throws IOException {
        try (FileSystem zip = FileSystems.newFileSystem(folder.resolve("model.zip"), Map.of("create", "true"))) {
            Path inside = Files.createDirectory(zip.getPath("/tiny-llama"));
            for (String name : List.of("tokenizer.json", "tokenizer_config.json")) {
                Files.copy(Fixtures.tinyLlama().resolve(name), inside.resolve(name));
            }
            try (Tokenizer tokenizer = Tokenizer.open(inside)) {
                assertThat(tokenizer.decode(tokenizer.encode("from a zip file"))).isEqualTo("from a zip file");
            }
        }
    }

    @Test
    void nothingIsCutOffOrPaddedWhateverTheFileSays() throws IOException {
        String json = Fixtures.tinyLlamaWith("\"truncation\":null,\"padding\":null",
                "\"truncation\":{\"direction\":\"Right\",\"max_length\":3,\"strategy\":\"LongestFirst\",\"stride\":0},"
                        + "\"padding\":{\"strategy\":{\"Fixed\":64},\"direction\":\"Right\","
                        + "\"pad_to_multiple_of\":null,\"pad_id\":2,\"pad_type_id\":0,\"pad_token\":\"<pad>\"}");
        String text = "one two three four five six";
        try (Tokenizer plain = Tokenizer.open(Fixtures.tinyLlama());
                Tokenizer cutting = Tokenizer.open(Fixtures.tokenizerFolder(folder, json))) {
            assertThat(cutting.encode(text)).isEqualTo(plain.encode(text));
        }
    }

    @Test
    void surrogatesWithoutPartnerCountAsReplacementCharacters() {
        try (Tokenizer tokenizer = Tokenizer.open(Fixtures.tinyLlama())) {
            assertThat(tokenizer.encode("a\ud83d b \ude00\ude00 c\ud83d"))
                    .isEqualTo(tokenizer.encode("a\ufffd b \ufffd\ufffd c\ufffd"));
        }
    }

    @Test
    void idsThatStandForNothingAreLeftOutOfTheText() {
        try (Tokenizer tokenizer = Tokenizer.open(Fixtures.tinyLlama())) {
            int[] ids = tokenizer.encodeOrdinary("act of");
            int[] withStrangers = Arrays.copyOf(ids, ids.length + 3);
            withStrangers[ids.length] = 1_000_000;
            withStrangers[ids.length + 1] = -1;
            assertThat(tokenizer.decode(withStrangers)).isEqualTo("act of");
        }
    }

    @Test
    void aLineOfTenMegabytesIsTokenisedAtOnce() {
        Duration onABusyMachine = Duration.ofMinutes(5);
        try (Tokenizer tokenizer = Tokenizer.open(Fixtures.tinyLlama(), onABusyMachine)) {
            int letter = tokenizer.encodeOrdinary("a")[0];
            int[] expected = new int[10_000_000];
            Arrays.fill(expected, letter);
            assertThat(tokenizer.encodeOrdinary("a".repeat(expected.length))).isEqualTo(expected);
        }
    }

    @Test
    void closingTwiceIsHarmlessAndUseAfterItAnError() {
        Tokenizer tokenizer = Tokenizer.open(Fixtures.tinyLlama());
        tokenizer.close();
        tokenizer.close();
        assertThatThrownBy(() -> tokenizer.encode("text")).isInstanceOf(IllegalStateException.class)
                .hasMessageEndingWith("its tokenizer is closed");
    }

    @ParameterizedTest
    @ValueSource(strings = {"stories260k-llama", "story-llama-656k"})
    void tokensOfTwoMegabytesAreThoseOfTheTrainedCheckpoints(String model) throws IOException {
        JsonNode golden = Fixtures.json(Fixtures.shared("golden").resolve(model + "/golden.json"));
        String text = Files.readString(Fixtures.shared(golden.at("/text/file").textValue()));
        try (Tokenizer tokenizer = Tokenizer.open(Fixtures.shared("models/" + model))) {
            int[] ids = tokenizer.encode(text);
            JsonNode expected = golden.get("tokens");
            assertThat(ids).hasSize(expected.get("count").intValue())
                    .startsWith(Fixtures.ints(expected.get("first_64")))
                    .endsWith(Fixtures.ints(expected.get("last_8")));
            assertThat(Sha256.ofIds(List.of(ids))).isEqualTo(expected.get("sha256").textValue());
        }
        assertThat(Sha256.ofText(text)).isEqualTo(golden.at("/text/sha256_as_read").textValue());
    }
}
