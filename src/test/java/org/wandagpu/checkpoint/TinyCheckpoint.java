package org.wandagpu.checkpoint;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/** A checkpoint of two shards with a few tensors of all kinds, and all files that may stand beside the weights. */
public final class TinyCheckpoint {

    /** Names of the shards. */
    public static final String S1 = "model-00001-of-00002.safetensors";
    /** The second one. */
    public static final String S2 = "model-00002-of-00002.safetensors";

    private static final String FIRST = "{\"__metadata__\":{\"format\":\"pt\",\"made\":\"by hand\"},"
            + "\"block.0.w\":{\"dtype\":\"F16\",\"shape\":[3,2],\"data_offsets\":[0,12]},"
            + "\"block.0.norm\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[12,24]},"
            + "\"block.0.buffer\":{\"dtype\":\"BOOL\",\"shape\":[1,1,5],\"data_offsets\":[24,29]},"
            + "\"block.1.w\":{\"dtype\":\"BF16\",\"shape\":[2,3],\"data_offsets\":[29,41]}} ";
    private static final String SECOND = "{"
            + "\"block.2.w\":{\"dtype\":\"F32\",\"shape\":[2,2],\"data_offsets\":[0,16]},"
            + "\"embed\":{\"dtype\":\"F32\",\"shape\":[2,3],\"data_offsets\":[16,40]},"
            + "\"none\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[40,40]}}";

    private static final Map<String, String> WEIGHT_MAP = new TreeMap<>(Map.of("block.0.w", S1, "block.0.norm", S1,
            "block.0.buffer", S1, "block.1.w", S1, "block.2.w", S2, "embed", S2, "none", S2));

    private TinyCheckpoint() {
    }

    /** Writes the checkpoint into a folder, which is made. */
    public static Path write(Path folder) {
        SafetensorsBytes.write(folder.resolve(S1), SafetensorsBytes.of(FIRST, 41));
        SafetensorsBytes.write(folder.resolve(S2), SafetensorsBytes.of(SECOND, 40));
        StringBuilder index = new StringBuilder("{ \"metadata\": {\"total_size\":81}, \"weight_map\":{");
        WEIGHT_MAP.forEach((name, shard) ->
                index.append('"').append(name).append("\" : \"").append(shard).append("\","));
        index.setCharAt(index.length() - 1, '}');
        text(folder, ShardIndex.FILE_NAME, index + "}");
        text(folder, "config.json", "{ \"model_type\": \"llama\" }\n");
        text(folder, "generation_config.json", "{\"do_sample\": false}");
        text(folder, "tokenizer.json", "{\"version\": \"1.0\"}");
        text(folder, "merges.txt", "a b\n");
        text(folder, "chat_template.jinja", "{{ messages }}");
        text(folder, "LICENSE.md", "Do what you like.\n");
        text(folder, "README.md", "the source's own");
        text(folder, "modeling_tiny.py", "import os");
        text(folder, "training_args.bin", "a pickle");
        return folder;
    }

    private static void text(Path folder, String name, String content) {
        SafetensorsBytes.write(folder.resolve(name), content.getBytes(StandardCharsets.UTF_8));
    }

    /** All files below a folder by relative name, their bytes in hexadecimal. */
    public static SortedMap<String, String> content(Path folder) {
        SortedMap<String, String> content = new TreeMap<>();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                content.put(folder.relativize(file).toString(), HexFormat.of().formatHex(Files.readAllBytes(file)));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return content;
    }
}
