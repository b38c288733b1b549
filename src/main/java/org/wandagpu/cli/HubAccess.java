package org.wandagpu.cli;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.wandagpu.checkpoint.hub.Hub;

/** The hub as the environment and {@code --cache-dir} set it up; opened on first use. */
final class HubAccess {

    private final Console console;
    private final Path cacheFolder;

    HubAccess(Console console, Path cacheFolder) {
        this.console = console;
        this.cacheFolder = cacheFolder;
    }

    private Hub open() {
        Map<String, String> environment = new HashMap<>(System.getenv());
        if (cacheFolder != null) {
            environment.put("HF_HUB_CACHE", cacheFolder.toString());
        }
        return Hub.open(environment, new DownloadProgress(console));
    }

    /** Folder of a model. */
    Path model(String id) {
        return open().model(id);
    }

    /** The shard of C4 that the published code calibrates on. */
    Path c4() {
        return open().datasetFile("allenai/c4", "en/c4-train.00000-of-01024.json.gz");
    }

    /**
     * The rows of raw WikiText-2, one file a split.
     *
     * @param split {@code train} or {@code test}
     */
    Path wikitext2(String split) {
        return open().datasetFiles("Salesforce/wikitext", "wikitext-2-raw-v1", split + "-").getFirst();
    }
}
