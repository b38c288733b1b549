package org.wandagpu.checkpoint;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.FileSystemAlreadyExistsException;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.wandagpu.failure.UsageException;
import org.wandagpu.failure.WorkFailedException;

/** The small models that travel in the jar, one a family, as folders that {@link Checkpoint#open} takes. */
public final class EmbeddedModels {

    private static final List<String> NAMES =
            List.of("tiny-llama", "tiny-llama3", "tiny-opt", "tiny-bloom", "tiny-pythia");

    private EmbeddedModels() {
    }

    /** Their names. */
    public static List<String> names() {
        return NAMES;
    }

    /**
     * The folder of a model: on disk where the program runs from classes, inside the jar where it runs from that. The
     * jar stays open as a file system until the program ends.
     *
     * @throws UsageException if there is no such model
     */
    public static Path folder(String name) {
        if (!NAMES.contains(name)) {
            throw new UsageException("embedded:" + Shown.text(name) + " is no model of this program; it has "
                    + String.join(", ", NAMES));
        }
        URL config = EmbeddedModels.class.getResource("/models/" + name + "/config.json");
        if (config == null) {
            throw new WorkFailedException("embedded:" + name + " is missing in this build; fetch wanda-gpu.jar again");
        }
        try {
            return path(config.toURI()).getParent();
        } catch (URISyntaxException | IOException e) {
            throw new WorkFailedException(config + ": cannot be opened; fetch wanda-gpu.jar again", e);
        }
    }

    private static Path path(URI file) throws IOException {
        if (file.getScheme().equals("jar")) {
            try {
                FileSystems.newFileSystem(file, Map.of());
            } catch (FileSystemAlreadyExistsException e) {
                return Path.of(file);
            }
        }
        return Path.of(file);
    }
}
