package org.wandagpu.checkpoint.hub;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Keeps what it is told. */
final class RecordingListener implements DownloadListener {

    final List<String> notices = new CopyOnWriteArrayList<>();
    final List<String> begun = new CopyOnWriteArrayList<>();
    private long position;
    private long ends;

    @Override
    public void begin(String file, long bytes) {
        begun.add(file + " " + bytes);
        position = 0;
    }

    @Override
    public void advance(long bytes) {
        position += bytes;
    }

    @Override
    public void end() {
        ends++;
    }

    @Override
    public void notice(String line) {
        notices.add(line);
    }

    /** Bytes of the file begun last that are there. */
    long position() {
        return position;
    }

    long ends() {
        return ends;
    }
}
