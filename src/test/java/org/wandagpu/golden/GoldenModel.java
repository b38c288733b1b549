package org.wandagpu.golden;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.wandagpu.failure.BadInputException;
import org.wandagpu.model.DecoderModel;
import org.wandagpu.tensor.TensorSource;
import org.wandagpu.tensor.HostTensor;

/** One of the random models of the fixtures, with everything the published code computed on it. */
public final class GoldenModel implements TensorSource {

    /** Names of the models. */
    public static final List<String> NAMES = List.of("llama-mha", "llama-gqa-llama3rope", "mistral-sliding", "qwen2",
            "opt-preln", "bloom", "neox-parallel", "neox-sequential", "llama-sharded");

    private static final Path ROOT = Path.of("src/test/resources/golden");

    private final String name;
    private final Map<String, HostTensor> weights = new TreeMap<>();
    private final GoldenFile results;
    private final JsonNode golden;

    /** Reads a model and its results. */
    public GoldenModel(String name) {
        this.name = name;
        try (var files = Files.list(folder())) {
            files.filter(file -> file.getFileName().toString().matches("model.*\\.safetensors"))
                    .forEach(file -> weights.putAll(new GoldenFile(file).tensors()));
            this.results = new GoldenFile(folder().resolve("golden.safetensors"));
            this.golden = new ObjectMapper().readTree(folder().resolve("golden.json").toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The folder of the checkpoint. */
    public Path folder() {
        return ROOT.resolve(name);
    }

    /** Tensors that the published code computed. */
    public GoldenFile results() {
        return results;
    }

    /** Numbers that the published code computed. */
    public JsonNode golden() {
        return golden;
    }

    /** The model over the fixture's weights. */
    public DecoderModel open() {
        try {
            JsonNode config = new ObjectMapper().readTree(folder().resolve("config.json").toFile());
            return DecoderModel.open(folder() + "/config.json", config, this);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The calibration samples. */
    public List<int[]> samples() {
        return new ArrayList<>(List.of(results.ids("input_ids")));
    }

    /** The evaluation windows. */
    public List<int[]> windows() {
        return new ArrayList<>(List.of(results.ids("eval_ids")));
    }

    @Override
    public String where() {
        return name;
    }

    @Override
    public boolean has(String tensor) {
        return weights.containsKey(tensor);
    }

    @Override
    public HostTensor tensor(String tensor) {
        HostTensor found = weights.get(tensor);
        if (found == null) {
            throw new BadInputException(name + ": no tensor " + tensor);
        }
        return found;
    }

    @Override
    public String toString() {
        return name;
    }
}
