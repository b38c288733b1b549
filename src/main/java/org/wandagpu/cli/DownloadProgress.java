package org.wandagpu.cli;

import org.wandagpu.checkpoint.hub.DownloadListener;
import org.wandagpu.schedule.Progress;

/** Shows a download like any other work, in MiB. */
final class DownloadProgress implements DownloadListener {

    private static final long STEP_BYTES = 1 << 20;

    private final Console console;
    private final Progress progress;
    private long bytesSinceStep;

    DownloadProgress(Console console) {
        this.console = console;
        this.progress = console.isQuiet() ? Progress.NONE : TerminalProgress.of(console);
    }

    @Override
    public void begin(String file, long bytes) {
        bytesSinceStep = 0;
        progress.start("download " + file + " MiB", Math.max(bytes / STEP_BYTES, 0), 0);
    }

    @Override
    public void advance(long bytes) {
        bytesSinceStep += bytes;
        long steps = bytesSinceStep / STEP_BYTES;
        if (steps != 0) {
            progress.step(steps);
            bytesSinceStep -= steps * STEP_BYTES;
        }
    }

    @Override
    public void end() {
        progress.end();
    }

    @Override
    public void notice(String line) {
        console.note(line);
    }
}
