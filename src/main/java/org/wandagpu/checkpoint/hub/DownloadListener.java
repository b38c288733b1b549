package org.wandagpu.checkpoint.hub;

/** Who is told how far the downloads are. Called from the thread that called {@link Hub}. */
public interface DownloadListener {

    /** Tells nobody. */
    DownloadListener NONE = line -> {
    };

    /**
     * A file's download begins.
     *
     * @param file its name in the repository
     * @param bytes its length, or -1 if the hub does not tell
     */
    default void begin(String file, long bytes) {
    }

    /**
     * So many bytes more are there. The first call may count what an earlier run had fetched; the number is negative
     * where the file has to start again.
     */
    default void advance(long bytes) {
    }

    /** The file's download is over, well or not. */
    default void end() {
    }

    /** A line worth reading: a wait before the next attempt, a cached revision used for want of a network. */
    void notice(String line);
}
