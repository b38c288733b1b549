package org.wandagpu.model;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.wandagpu.failure.BadInputException;

/**
 * A family of decoder models: its {@code model_type}, how its config.json is read, and its tensor names.
 *
 * @param modelType the name in config.json
 * @param spec reads the rest of config.json
 * @param names the tensor names
 */
public record Family(String modelType, Function<Config, DecoderSpec> spec, TensorNames names) {

    private static final List<Family> ALL = families();

    private static List<Family> families() {
        List<Family> all = new ArrayList<>(LlamaLike.FAMILIES);
        all.add(Opt.FAMILY);
        all.add(Bloom.FAMILY);
        all.add(GptNeox.FAMILY);
        return List.copyOf(all);
    }

    /** The {@code model_type} of every family the program knows. */
    public static List<String> known() {
        return ALL.stream().map(Family::modelType).toList();
    }

    /**
     * The family of a config.json.
     *
     * @param where the file, for messages
     * @throws BadInputException if the file names none or one that is not known
     */
    public static Family of(String where, JsonNode config) {
        String type = new Config(where, config).textOr(null, "model_type");
        if (type == null) {
            throw new BadInputException(where + ": has no model_type; this program knows "
                    + String.join(", ", known()));
        }
        return ALL.stream()
                .filter(family -> family.modelType.equals(type))
                .findFirst()
                .orElseThrow(() -> new BadInputException(where + ": architecture "
                        + Config.brief(config.get("model_type"))
                        + " is not known; this program knows " + String.join(", ", known())));
    }

    /** What a user should know about a config.json that can be used: one line each. */
    public static List<String> notes(String where, JsonNode config) {
        return config.has("auto_map")
                ? List.of(where + ": auto_map names code that came with the model; it is not run, the arithmetic is"
                        + " that of " + config.path("model_type").asText() + " as published")
                : List.of();
    }

    /**
     * Reads the model's description.
     *
     * @throws BadInputException naming the key whose value is bad or means another architecture
     */
    public DecoderSpec read(String where, JsonNode config) {
        Config checked = new Config(where, config);
        ForeignSettings.refuse(checked);
        return spec.apply(checked);
    }
}
