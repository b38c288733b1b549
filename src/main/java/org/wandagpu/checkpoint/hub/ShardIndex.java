package org.wandagpu.checkpoint.hub;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.SortedSet;
import java.util.TreeSet;
import org.wandagpu.failure.BadInputException;

/** The shards that a {@code *.safetensors.index.json} names. */
final class ShardIndex {

    private static final StreamReadConstraints BOUNDS = StreamReadConstraints.builder()
            .maxNestingDepth(16).maxNameLength(4096).maxNumberLength(20).maxDocumentLength(100_000_000).build();

    private ShardIndex() {
    }

    /**
     * Reads the file names of an index.
     *
     * @throws BadInputException if the file is no index
     */
    static SortedSet<String> shards(Path index) {
        JsonFactory json = new JsonFactoryBuilder().streamReadConstraints(BOUNDS).build();
        SortedSet<String> shards = new TreeSet<>();
        try (JsonParser parser = json.createParser(index.toFile())) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw noIndex(index, "is no JSON object", null);
            }
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                boolean map = parser.currentName().equals("weight_map");
                if (parser.nextToken() == JsonToken.START_OBJECT && map) {
                    readMap(parser, index, shards);
                } else {
                    parser.skipChildren();
                }
            }
        } catch (JsonProcessingException e) {
            throw noIndex(index, "is no JSON (" + Text.oneLine(e.getOriginalMessage()) + ")", e);
        } catch (IOException e) {
            throw noIndex(index, "cannot be read", e);
        }
        if (shards.isEmpty()) {
            throw noIndex(index, "has no weight_map", null);
        }
        return shards;
    }

    private static void readMap(JsonParser parser, Path index, SortedSet<String> shards) throws IOException {
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String tensor = parser.currentName();
            if (parser.nextToken() != JsonToken.VALUE_STRING) {
                throw noIndex(index, "names no file for tensor " + Text.oneLine(tensor), null);
            }
            shards.add(parser.getText());
        }
    }

    private static BadInputException noIndex(Path index, String what, Throwable cause) {
        return new BadInputException(index + ": " + what + "; delete it and fetch it again", cause);
    }
}
