package org.wandagpu.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.List;
import org.wandagpu.failure.BadInputException;
import org.wandagpu.tensor.HostTensor;
import org.wandagpu.tensor.TensorSource;

/**
 * A Hugging Face checkpoint: a folder with config.json and the weights in {@code model.safetensors}, or in shards that
 * {@code model.safetensors.index.json} lists. The folder may lie inside a jar. Nothing is ever written into it.
 *
 * <p>Owns its open files; tensors are views that end with {@link #close()}. May be used by any number of threads.
 */
public final class Checkpoint implements TensorSource, AutoCloseable {

    static final String CONFIG = "config.json";
    static final String WEIGHTS = "model.safetensors";

    /** The longest known config.json, with ten thousands of label names, has 0.6 MB. */
    private static final int CONFIG_BYTES = 4_000_000;
    private static final int CONFIG_DEPTH = 16;

    private final SourceFolder folder;
    private final JsonNode config;
    private final ShardSet shards;

    private Checkpoint(SourceFolder folder, JsonNode config, ShardSet shards) {
        this.folder = folder;
        this.config = config;
        this.shards = shards;
    }

    /**
     * Opens a checkpoint and checks all its files.
     *
     * @throws BadInputException naming the first file that is missing or bad
     */
    public static Checkpoint open(Path folder) {
        SourceFolder source = SourceFolder.open(folder);
        Path configFile = source.find(CONFIG);
        if (configFile == null) {
            throw new BadInputException(folder + ": has no config.json; give the folder of a Hugging Face checkpoint");
        }
        JsonNode config = GuardedJson.readObject(configFile, CONFIG_DEPTH, CONFIG_BYTES);
        return new Checkpoint(source, config, ShardSet.open(source));
    }

    /** The folder as it was given. */
    public Path folder() {
        return folder.path();
    }

    /** The content of config.json, an object. */
    public JsonNode config() {
        return config;
    }

    /** The path of config.json, for messages. */
    public String configWhere() {
        return folder.path().resolve(CONFIG).toString();
    }

    /** The weight files in the order of their names. */
    public List<SafetensorsFile> shards() {
        return shards.files();
    }

    /** Names of all tensors, file by file in the order of their place. */
    public List<String> names() {
        return List.copyOf(shards.homes().keySet());
    }

    /** Things to tell the user that keep nothing from working, one line each. */
    public List<String> warnings() {
        return shards.warnings();
    }

    /** Elements of all tensors of a floating-point type. */
    public long parameters() {
        return shards.parameters();
    }

    /**
     * The SHA-256 of the weights in lower-case hexadecimal: of the one file, or, for several, of the lines
     * {@code NAME SHA256\n} in the order of their names. Reads all of them.
     *
     * @throws org.wandagpu.failure.WorkFailedException if a file can no longer be read
     */
    public String sha256() {
        List<SafetensorsFile> files = shards.files();
        if (files.size() == 1) {
            return Sha256.of(files.getFirst());
        }
        StringBuilder lines = new StringBuilder();
        for (SafetensorsFile file : files) {
            lines.append(file.path().getFileName()).append(' ').append(Sha256.of(file)).append('\n');
        }
        return Sha256.of(lines.toString());
    }

    @Override
    public String where() {
        return folder.path().toString();
    }

    @Override
    public boolean has(String name) {
        return shards.homes().containsKey(name);
    }

    @Override
    public HostTensor tensor(String name) {
        SafetensorsFile home = shards.homes().get(name);
        if (home == null) {
            throw new BadInputException(where() + ": has no tensor " + Shown.text(name)
                    + "; take config.json and weights of the same model");
        }
        return home.tensors().get(name);
    }

    /** Where the files were taken from. */
    SourceFolder source() {
        return folder;
    }

    /** The index that lists the shards, or null for a single file. */
    ShardIndex index() {
        return shards.index();
    }

    /** Closes all files. A second call does nothing. */
    @Override
    public void close() {
        shards.close();
    }
}
