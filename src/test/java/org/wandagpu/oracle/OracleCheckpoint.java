package org.wandagpu.oracle;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.wandagpu.golden.GoldenFile;

/** A checkpoint folder for the oracles: config.json as it stands and all tensors in memory. */
final class OracleCheckpoint {

    private static final List<String> PREFIXES =
            List.of("model.decoder.", "decoder.", "model.", "transformer.", "gpt_neox.");

    private final JsonNode config;
    private final Map<String, double[]> weights = new TreeMap<>();
    private final Map<String, long[]> shapes = new TreeMap<>();

    OracleCheckpoint(Path folder) {
        try (var files = Files.list(folder)) {
            this.config = new ObjectMapper().readTree(folder.resolve("config.json").toFile());
            files.filter(file -> file.toString().endsWith(".safetensors")).forEach(this::read);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void read(Path path) {
        GoldenFile file = new GoldenFile(path);
        file.tensors().forEach((name, tensor) -> {
            if (tensor.dtype().isComputable()) {
                float[] values = file.floats(name);
                double[] wide = new double[values.length];
                for (int i = 0; i < values.length; i++) {
                    wide[i] = values[i];
                }
                weights.put(bare(name), wide);
                shapes.put(bare(name), tensor.shape());
            }
        });
    }

    /** The name without the family's prefix, by which files differ. */
    static String bare(String name) {
        for (String prefix : PREFIXES) {
            if (name.startsWith(prefix)) {
                return name.substring(prefix.length());
            }
        }
        return name;
    }

    boolean has(String bareName) {
        return weights.containsKey(bareName);
    }

    /** Elements of a tensor, row-major; changing them changes the model. */
    double[] weight(String bareName) {
        if (!weights.containsKey(bareName)) {
            throw new IllegalArgumentException("no tensor " + bareName + " in " + weights.keySet());
        }
        return weights.get(bareName);
    }

    /** Rows of a matrix. */
    int rows(String bareName) {
        return (int) shapes.get(bareName)[0];
    }

    String family() {
        return config.get("model_type").asText();
    }

    JsonNode config() {
        return config;
    }

    /** The first of several keys that has a value, else the fallback. */
    double number(double fallback, String... keys) {
        for (String key : keys) {
            if (config.hasNonNull(key)) {
                return config.get(key).asDouble();
            }
        }
        return fallback;
    }

    boolean flag(boolean fallback, String key) {
        return config.hasNonNull(key) ? config.get(key).asBoolean() : fallback;
    }

    String text(String fallback, String key) {
        return config.hasNonNull(key) ? config.get(key).asText() : fallback;
    }
}
