package org.wandagpu.launcher;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;

/** The terminal this process was started from. The child cannot ask for itself: its standard error is a pipe. */
final class Terminal {

    static final int STANDARD_OUTPUT = 1;
    static final int STANDARD_ERROR = 2;

    private static final Path STREAMS = Paths.get("/proc/self/fd");

    private Terminal() {
    }

    /** Whether what is written to a standard stream appears on a terminal. */
    static boolean shows(int stream) {
        try {
            String target = Files.readSymbolicLink(STREAMS.resolve(String.valueOf(stream))).toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty") || target.equals("/dev/console");
        } catch (IOException | UnsupportedOperationException e) {
            return System.console() != null; // another system than Linux: as near as Java comes
        }
    }

    /** Its width in characters; empty if that is not to be learned. */
    static String columns() {
        try {
            Process stty = new ProcessBuilder("stty", "size").redirectInput(new File("/dev/tty")).start();
            try (BufferedReader reader = new BufferedReader(new InputStreamReader(stty.getInputStream()))) {
                String rowsAndColumns = reader.readLine();
                return rowsAndColumns == null ? "" : rowsAndColumns.replaceAll(".* ", "");
            }
        } catch (IOException e) {
            return "";
        }
    }
}
