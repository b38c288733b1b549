package org.wandagpu.made;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.wandagpu.tensor.DType;

/**
 * A seeded random checkpoint of any family for tests: {@code config.json} and {@code model.safetensors}, or shards with
 * an index. The same calls give the same bytes on every machine.
 *
 * <pre>{@code
 * MadeCheckpoint.of("qwen3").with("tie_word_embeddings", true).dtype(DType.BF16).shards(3).write(folder);
 * }</pre>
 */
public final class MadeCheckpoint {

    /** Sorts maps, so that a config.json has the same bytes on every run. */
    private static final ObjectMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS).build();

    private final ObjectNode config;
    private DType dtype = DType.F32;
    private DType normDtype;
    private long seed = 1;
    private int shards = 1;
    private boolean oddDataStart;
    private boolean buffers;
    private boolean storesTiedHead;
    private UnaryOperator<String> rename = UnaryOperator.identity();

    private MadeCheckpoint(ObjectNode config) {
        this.config = config;
    }

    /** A small checkpoint of a family with {@link MadeConfig}'s settings. */
    public static MadeCheckpoint of(String family) {
        return new MadeCheckpoint(MadeConfig.of(family));
    }

    /** Sets a key of config.json: a number, boolean, text, list, map, {@link JsonNode} or null. */
    public MadeCheckpoint with(String key, Object value) {
        config.set(key, JSON.valueToTree(value));
        return this;
    }

    /** Removes a key of config.json, so that the published default holds. */
    public MadeCheckpoint without(String key) {
        config.remove(key);
        return this;
    }

    /** Element type of all tensors; F32 unless set. */
    public MadeCheckpoint dtype(DType value) {
        dtype = value;
        return this;
    }

    /** Another element type for norms and biases. */
    public MadeCheckpoint normDtype(DType value) {
        normDtype = value;
        return this;
    }

    /** Seed of the weights; 1 unless set. */
    public MadeCheckpoint seed(long value) {
        seed = value;
        return this;
    }

    /** Spreads the tensors over so many files with an index. */
    public MadeCheckpoint shards(int value) {
        shards = value;
        return this;
    }

    /** Lets the tensor data start at an odd address of the file. */
    public MadeCheckpoint oddDataStart() {
        oddDataStart = true;
        return this;
    }

    /** Adds the buffers that old GPT-NeoX files carry and that nobody needs. */
    public MadeCheckpoint buffers() {
        buffers = true;
        return this;
    }

    /** Stores a head of its own though config.json says it is tied. */
    public MadeCheckpoint storesTiedHead() {
        storesTiedHead = true;
        return this;
    }

    /** Renames tensors, for example to drop a prefix or to store a tied table under the head's name. */
    public MadeCheckpoint rename(UnaryOperator<String> value) {
        rename = value;
        return this;
    }

    /** The settings so far. */
    public ObjectNode config() {
        return config;
    }

    /**
     * Writes the checkpoint.
     *
     * @param folder made if absent
     * @return {@code folder}
     */
    public Path write(Path folder) {
        try {
            Files.createDirectories(folder);
            Files.writeString(folder.resolve("config.json"), config.toPrettyString());
            Map<String, MadeFile.Content> tensors = contents();
            if (shards == 1) {
                MadeFile.write(folder.resolve("model.safetensors"), tensors, oddDataStart);
            } else {
                writeShards(folder, tensors);
            }
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Map<String, MadeFile.Content> contents() {
        MadeValues values = new MadeValues(seed);
        Map<String, MadeFile.Content> contents = new LinkedHashMap<>();
        MadeTensors.of(config, storesTiedHead).forEach((name, shape) -> {
            DType type = shape.length == 1 && normDtype != null ? normDtype : dtype;
            contents.put(rename.apply(name), new MadeFile.Content(type, shape, values.of(name, shape)));
        });
        if (buffers) {
            for (int i = 0; i < config.get("num_hidden_layers").asInt(); i++) {
                String attention = rename.apply("gpt_neox.layers." + i + ".attention.");
                contents.put(attention + "bias",
                        new MadeFile.Content(DType.BOOL, new long[] {1, 1, 2, 2}, new float[4]));
                contents.put(attention + "masked_bias",
                        new MadeFile.Content(DType.F32, new long[0], new float[] {-1e9f}));
                contents.put(attention + "rotary_emb.inv_freq",
                        new MadeFile.Content(DType.F32, new long[] {2}, new float[2]));
            }
        }
        return contents;
    }

    private void writeShards(Path folder, Map<String, MadeFile.Content> tensors) throws IOException {
        List<String> names = new ArrayList<>(tensors.keySet());
        ObjectNode index = JSON.createObjectNode();
        index.putObject("metadata")
                .put("total_size", tensors.values().stream().mapToLong(MadeFile.Content::bytes).sum());
        ObjectNode files = index.putObject("weight_map");
        for (int shard = 0; shard < shards; shard++) {
            String file = String.format("model-%05d-of-%05d.safetensors", shard + 1, shards);
            Map<String, MadeFile.Content> part = new LinkedHashMap<>();
            for (String name : names.subList(names.size() * shard / shards, names.size() * (shard + 1) / shards)) {
                part.put(name, tensors.get(name));
                files.put(name, file);
            }
            MadeFile.write(folder.resolve(file), part, oddDataStart);
        }
        Files.writeString(folder.resolve("model.safetensors.index.json"), index.toPrettyString());
    }
}
