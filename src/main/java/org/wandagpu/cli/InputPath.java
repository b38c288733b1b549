package org.wandagpu.cli;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import org.wandagpu.failure.UsageException;

/** A path as a user typed it. */
final class InputPath {

    private InputPath() {
    }

    /** @throws UsageException if the text cannot be a path on this system */
    static Path of(String option, String text) {
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            throw new UsageException(option + " " + text + ": is not a path: " + e.getReason(), e);
        }
    }
}
