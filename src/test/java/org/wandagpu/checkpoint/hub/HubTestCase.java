package org.wandagpu.checkpoint.hub;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

/** A hub, an empty cache and a clock that does not wait. */
abstract class HubTestCase {

    @TempDir
    Path cache;

    final FakeHub server = new FakeHub();
    final RecordingPauses pauses = new RecordingPauses();
    final RecordingListener listener = new RecordingListener();

    @AfterEach
    void stop() {
        server.close();
    }

    /** Opens the hub with more variables as {@code NAME=VALUE}. */
    Hub open(String... more) {
        return new Hub(HubSettings.read(server.environment(cache, more)), listener, pauses);
    }

    /** A folder in the cache. */
    Path repository(String folder) {
        return cache.resolve(folder);
    }
}
