package org.wandagpu.made;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.wandagpu.failure.BadInputException;
import org.wandagpu.golden.GoldenFile;
import org.wandagpu.model.DecoderModel;
import org.wandagpu.tensor.HostTensor;
import org.wandagpu.tensor.TensorSource;

/** A checkpoint folder read whole by the tests' own reader. */
public final class MadeModel implements TensorSource {

    private final Path folder;
    private final Map<String, HostTensor> tensors = new TreeMap<>();

    /** Reads a folder. */
    public MadeModel(Path folder) {
        this.folder = folder;
        try (var files = Files.list(folder)) {
            files.filter(file -> file.toString().endsWith(".safetensors"))
                    .forEach(file -> tensors.putAll(new GoldenFile(file).tensors()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Takes a tensor away. */
    public MadeModel without(String tensor) {
        tensors.remove(tensor);
        return this;
    }

    /** Puts a tensor in another one's place. */
    public MadeModel with(HostTensor tensor) {
        tensors.put(tensor.name(), tensor);
        return this;
    }

    /** Opens the model of a folder. */
    public static DecoderModel open(Path folder) {
        return new MadeModel(folder).open();
    }

    /** The model over the folder's tensors. */
    public DecoderModel open() {
        try {
            JsonNode config = new ObjectMapper().readTree(folder.resolve("config.json").toFile());
            return DecoderModel.open("config.json", config, this);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public String where() {
        return folder.getFileName().toString();
    }

    @Override
    public boolean has(String name) {
        return tensors.containsKey(name);
    }

    @Override
    public HostTensor tensor(String name) {
        if (!has(name)) {
            throw new BadInputException(where() + ": no tensor " + name);
        }
        return tensors.get(name);
    }
}
