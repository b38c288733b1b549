package org.wandagpu.checkpoint;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import org.wandagpu.failure.WorkFailedException;

/** Tells in words why a file of the staging folder could not be written. All of it can be resumed. */
public final class WriteFault {

    private WriteFault() {
    }

    /** The failure to show for an exception met while {@code file} was being written. */
    public static WorkFailedException translate(Path file, IOException failure) {
        if (isDiskFull(failure)) {
            return new WorkFailedException(file + ": no space is left on its disk; free some and run again with"
                    + " --resume", failure);
        }
        return new WorkFailedException(file + ": reading or writing failed (" + Shown.reason(failure)
                + "); see to it and run again with --resume", failure);
    }

    /** The system's words for ENOSPC and EDQUOT; Java has no exception of its own for them. */
    private static boolean isDiskFull(IOException failure) {
        String words = String.valueOf(failure.getMessage()).toLowerCase(Locale.ROOT);
        return words.contains("no space left") || words.contains("quota exceeded");
    }
}
