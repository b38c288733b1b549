package org.wandagpu.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import org.wandagpu.checkpoint.Checkpoint;
import org.wandagpu.checkpoint.EmbeddedModels;
import org.wandagpu.failure.UsageException;
import org.wandagpu.model.DecoderModel;
import org.wandagpu.model.Family;
import picocli.CommandLine.Option;

/** Which model a command works on. */
final class ModelOptions {

    private static final String EMBEDDED = "embedded:";

    @Option(names = "--model", paramLabel = "MODEL", description =
        "A checkpoint folder, a hub id owner/name[@revision], or a model of this jar: embedded:tiny-llama, tiny-llama3,"
            + " tiny-opt, tiny-bloom, tiny-pythia.")
    private String model;

    @Option(names = "--cache-dir", paramLabel = "DIR",
            description = "The hub cache. Default: as Hugging Face's tools find it (HF_HUB_CACHE, HF_HOME).")
    private Path cacheFolder;

    /** The name as given. */
    String name() {
        if (model == null || model.isBlank()) {
            throw new UsageException("--model is missing: give a folder, a hub id owner/name or embedded:tiny-llama");
        }
        return model;
    }

    boolean isEmbedded() {
        return name().startsWith(EMBEDDED);
    }

    /** Access to the hub and its cache. */
    HubAccess hub(Console console) {
        return new HubAccess(console, cacheFolder);
    }

    /** Finds, checks and opens the model. */
    OpenModel open(Console console) {
        return open(name(), console);
    }

    /** Opens another model than {@code --model}, named by the same rules. */
    OpenModel open(String name, Console console) {
        Checkpoint checkpoint = Checkpoint.open(folderOf(name, console));
        try {
            checkpoint.warnings().forEach(warning -> console.note("note: " + warning));
            Family.notes(checkpoint.configWhere(), checkpoint.config()).forEach(note -> console.note("note: " + note));
            DecoderModel decoder = DecoderModel.open(checkpoint.configWhere(), checkpoint.config(), checkpoint);
            return new OpenModel(name, checkpoint, decoder);
        } catch (RuntimeException e) {
            checkpoint.close();
            throw e;
        }
    }

    private Path folderOf(String name, Console console) {
        if (name.startsWith(EMBEDDED)) {
            return EmbeddedModels.folder(name.substring(EMBEDDED.length()));
        }
        Path folder = pathOf(name);
        if (folder != null && Files.exists(folder)) {
            return folder;
        }
        if (name.startsWith(".") || name.startsWith("/") || name.chars().filter(c -> c == '/').count() > 1) {
            throw new UsageException("--model " + name + ": there is no such folder");
        }
        return hub(console).model(name);
    }

    private static Path pathOf(String name) {
        try {
            return Path.of(name);
        } catch (java.nio.file.InvalidPathException e) {
            return null;
        }
    }
}
