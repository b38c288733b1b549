package org.wandagpu.checkpoint;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import org.wandagpu.failure.BadInputException;

/**
 * The file {@code model.safetensors.index.json}: which shard has which tensor.
 *
 * @param file where it was read from
 * @param weightMap shard name by tensor name; every shard name is a plain {@code .safetensors} name
 * @param totalSize bytes of all tensors as the file claims, NaN where it says nothing
 */
record ShardIndex(Path file, Map<String, String> weightMap, double totalSize) {

    /** Its name in a checkpoint's folder. */
    static final String FILE_NAME = "model.safetensors.index.json";

    private static final int MAX_BYTES = 100_000_000;
    private static final int MAX_DEPTH = 16;
    private static final String ADVICE = "; take the file that came with the model";

    /**
     * Reads an index as a stream, so that a million tensors cost no more than their names.
     *
     * @throws BadInputException if it is not one, names a tensor twice, or names a shard by more than a plain name
     */
    static ShardIndex read(Path file) {
        try (SeekableByteChannel channel = GuardedJson.open(file, MAX_BYTES);
                JsonParser json = GuardedJson.integersOnly(
                        new StrictUtf8Reader(channel, 0, channel.size()), MAX_DEPTH, MAX_BYTES)) {
            return new Parser(file, json).read();
        } catch (IOException e) {
            throw GuardedJson.bad(file, e);
        }
    }

    /** Shard names in order. */
    SortedSet<String> shards() {
        return new TreeSet<>(weightMap.values());
    }

    private static final class Parser {
        private final Path file;
        private final JsonParser json;
        private final Map<String, String> shardNames = new HashMap<>();
        private Map<String, String> weightMap;
        private double totalSize = Double.NaN;

        Parser(Path file, JsonParser json) {
            this.file = file;
            this.json = json;
        }

        private BadInputException bad(String what) {
            return new BadInputException(file + ": " + what + ADVICE);
        }

        ShardIndex read() throws IOException {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw bad("is not a JSON object");
            }
            while (json.nextToken() != JsonToken.END_OBJECT) {
                String key = json.currentName();
                json.nextToken();
                switch (key) {
                    case "weight_map" -> readWeightMap();
                    case "metadata" -> readMetadata();
                    default -> json.skipChildren();
                }
            }
            if (json.nextToken() != null) {
                throw bad("something follows the JSON object");
            }
            if (weightMap == null || weightMap.isEmpty()) {
                throw bad("has no weight_map, or an empty one");
            }
            return new ShardIndex(file, weightMap, totalSize);
        }

        private void readWeightMap() throws IOException {
            if (weightMap != null) {
                throw bad("has weight_map twice");
            }
            if (json.currentToken() != JsonToken.START_OBJECT) {
                throw bad("weight_map is not an object");
            }
            weightMap = new LinkedHashMap<>();
            while (json.nextToken() != JsonToken.END_OBJECT) {
                String tensor = json.currentName();
                if (json.nextToken() != JsonToken.VALUE_STRING) {
                    throw bad("weight_map: the shard of tensor " + Shown.text(tensor) + " is not a text");
                }
                if (weightMap.put(tensor, shardName(tensor, json.getText())) != null) {
                    throw bad("weight_map has tensor " + Shown.text(tensor) + " twice");
                }
            }
        }

        /** Checks a shard's name, and gives the same string for the same name. */
        private String shardName(String tensor, String name) {
            if (!SourceFolder.isPlainName(name) || !name.endsWith(".safetensors")) {
                throw new BadInputException(file + ": weight_map: tensor " + Shown.text(tensor) + " is said to be in "
                        + Shown.text(name) + ", which is not the plain name of a .safetensors file; do not use this"
                        + " checkpoint unless you trust it, and then name a file of its own folder");
            }
            return shardNames.computeIfAbsent(name, same -> same);
        }

        private void readMetadata() throws IOException {
            if (json.currentToken() != JsonToken.START_OBJECT) {
                json.skipChildren();
                return;
            }
            while (json.nextToken() != JsonToken.END_OBJECT) {
                String key = json.currentName();
                JsonToken value = json.nextToken();
                if (key.equals("total_size") && value.isNumeric()) {
                    totalSize = json.getDoubleValue();
                } else {
                    json.skipChildren();
                }
            }
        }
    }
}
