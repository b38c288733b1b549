package org.wandagpu.checkpoint.hub;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** A clock that is set by hand, and waits that take no time. */
final class RecordingPauses implements Pauses {

    final List<Long> seconds = new ArrayList<>();
    Instant now = Instant.parse("2026-01-01T00:00:00Z");

    @Override
    public Instant now() {
        return now;
    }

    @Override
    public void sleep(Duration duration) {
        seconds.add(duration.toSeconds());
    }
}
