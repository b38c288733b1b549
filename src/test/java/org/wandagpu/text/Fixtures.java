package org.wandagpu.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/** Where the tests of this package find their files. */
final class Fixtures {

    private static final ObjectMapper JSON = new ObjectMapper();

    private Fixtures() {
    }

    /** A file of this package's own. */
    static Path own(String name) {
        return Path.of("src/test/resources/text", name);
    }

    /** The tokenizer that a clone has. */
    static Path tinyLlama() {
        return Path.of("models/tiny-llama");
    }

    /** A file or folder beside the clone; skips the test where there is none. */
    static Path shared(String name) {
        Path path = Path.of("../shared", name);
        Assumptions.assumeTrue(Files.exists(path), () -> path + " is not here");
        return path;
    }

    /** What Python's random numbers and the published sampler gave. */
    static JsonNode sampler() {
        return json(Path.of("src/test/resources/golden/sampler.json"));
    }

    static JsonNode json(Path file) {
        try {
            return JSON.readTree(file.toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static int[] ints(JsonNode array) {
        return JSON.convertValue(array, int[].class);
    }

    /** A folder with a tokenizer.json of this content. */
    static Path tokenizerFolder(Path folder, String tokenizerJson) throws IOException {
        Files.createDirectories(folder);
        Files.writeString(folder.resolve("tokenizer.json"), tokenizerJson);
        return folder;
    }

    /** The clone's tokenizer.json with one piece of it exchanged. */
    static String tinyLlamaWith(String piece, String replacement) throws IOException {
        String json = JSON.readTree(tinyLlama().resolve("tokenizer.json").toFile()).toString();
        if (!json.contains(piece)) {
            throw new IllegalArgumentException("not in the tokenizer: " + piece);
        }
        return json.replace(piece, replacement);
    }
}
