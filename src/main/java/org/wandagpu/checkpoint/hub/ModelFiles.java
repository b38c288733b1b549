package org.wandagpu.checkpoint.hub;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.wandagpu.failure.BadInputException;

/** Which of a model's files are needed: the few that describe it, and its weights as safetensors. Never code. */
final class ModelFiles {

    static final String CONFIG = "config.json";
    static final String SINGLE = "model.safetensors";
    static final String INDEX = "model.safetensors.index.json";

    private static final String WEIGHTS = ".safetensors";
    private static final List<String> DESCRIPTION = List.of(CONFIG, "generation_config.json", "tokenizer.json",
            "tokenizer.model", "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json", "vocab.json",
            "merges.txt", "chat_template.jinja", "chat_template.json");
    private static final List<String> PICKLES = List.of(".bin", ".pt", ".pth", ".ckpt");

    private final Repository repository;
    private final List<String> listed;

    /**
     * @param listed the repository's files
     * @throws BadInputException if there is no configuration or there are no safetensors among them
     */
    ModelFiles(Repository repository, List<String> listed) {
        this.repository = repository;
        this.listed = listed;
        if (!listed.contains(CONFIG)) {
            throw new BadInputException(repository + " has no " + CONFIG
                    + ", so it is no model for transformers; give the name of one");
        }
        if (listed.stream().noneMatch(ModelFiles::isWeights)) {
            throw noSafetensors();
        }
    }

    private BadInputException noSafetensors() {
        boolean pickled = listed.stream().anyMatch(file -> PICKLES.stream().anyMatch(file::endsWith));
        return new BadInputException(repository + (pickled
                ? " has its weights only as pickles (.bin), which can run code and are never opened;"
                        + " take a revision with safetensors (often refs/pr/1), or convert it with save_pretrained"
                : " has no safetensors; take a repository that holds the weights themselves"));
    }

    /** Configuration, tokenizer and generation files. */
    List<String> description() {
        return DESCRIPTION.stream().filter(listed::contains).toList();
    }

    /** Whether the weights are in shards that an index names. As for transformers, a single file comes first. */
    boolean hasIndex() {
        return !listed.contains(SINGLE) && listed.contains(INDEX);
    }

    /** The weights of a model without an index: the one file, or whatever safetensors lie beside the configuration. */
    List<String> weights() {
        return listed.contains(SINGLE) ? List.of(SINGLE)
                : listed.stream().filter(ModelFiles::isWeights).sorted().toList();
    }

    /**
     * The weights that an index names.
     *
     * @throws BadInputException if the repository lacks one of them
     */
    List<String> shards(Path index) {
        Set<String> shards = ShardIndex.shards(index);
        for (String shard : shards) {
            if (!isWeights(shard) || !listed.contains(shard)) {
                throw new BadInputException(index + ": names the shard " + Text.oneLine(shard) + ", but " + repository
                        + " has no such safetensors file; take another revision");
            }
        }
        return new ArrayList<>(shards);
    }

    /** Whether a path is a safetensors file beside config.json. */
    static boolean isWeights(String file) {
        return file.endsWith(WEIGHTS) && file.indexOf('/') < 0;
    }
}
