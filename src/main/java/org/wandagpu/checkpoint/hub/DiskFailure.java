package org.wandagpu.checkpoint.hub;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import org.wandagpu.failure.WorkFailedException;

/** What a failure of the cache's disk means for the user. */
final class DiskFailure {

    private DiskFailure() {
    }

    /** A file of the cache could not be written. */
    static WorkFailedException writing(Path file, IOException cause) {
        return new WorkFailedException(file + ": cannot be written (" + reason(cause) + "); make room, or set"
                + " HF_HUB_CACHE to a folder that can be written; the same command goes on from here", cause);
    }

    private static String reason(IOException cause) {
        if (cause instanceof AccessDeniedException) {
            return "no permission";
        }
        String reason = cause instanceof FileSystemException system ? system.getReason() : cause.getMessage();
        return reason == null ? cause.getClass().getSimpleName() : Text.oneLine(reason);
    }
}
