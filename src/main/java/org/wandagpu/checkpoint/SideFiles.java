package org.wandagpu.checkpoint;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The files beside the weights that a pruned copy needs to be as useful as its source: configuration, tokenizer,
 * generation settings, chat template, licence. Never code.
 */
final class SideFiles {

    private static final Set<String> NAMES = Set.of(
            Checkpoint.CONFIG, "generation_config.json", "tokenizer.json", "tokenizer.model", "tokenizer_config.json",
            "vocab.json", "vocab.txt", "merges.txt", "special_tokens_map.json", "added_tokens.json",
            "chat_template.jinja", "chat_template.json");

    private final List<Path> files = new ArrayList<>();

    /**
     * Finds what the source has.
     *
     * @throws org.wandagpu.failure.BadInputException if one is a link out of the folder or no regular file
     */
    SideFiles(SourceFolder source) {
        for (String name : source.names()) {
            boolean wanted = NAMES.contains(name) || name.matches("(LICENSE|LICENCE|NOTICE)[\\w.-]*");
            if (wanted && !Files.isDirectory(source.path().resolve(name))) {
                files.add(source.find(name));
            }
        }
    }

    /** All but config.json. */
    List<Path> withoutConfig() {
        return files.stream().filter(file -> !isConfig(file)).toList();
    }

    /** The source's config.json. */
    Path config() {
        return files.stream().filter(SideFiles::isConfig).findFirst().orElseThrow();
    }

    private static boolean isConfig(Path file) {
        return file.getFileName().toString().equals(Checkpoint.CONFIG);
    }
}
