package org.wandagpu.cli;

/**
 * Ends the program when the launcher that started it is gone without having said so, as after a SIGKILL; otherwise
 * nobody would be left whom a Ctrl-C or a job scheduler could stop. It takes up to five seconds to notice.
 */
final class ParentWatch {

    /** Set by the launcher for the JVM it starts. */
    private static final String LAUNCHED = "wanda.launched";

    private static final int INTERRUPTED = 130;

    private ParentWatch() {
    }

    /** Starts watching, if a launcher started this JVM. */
    static void start() {
        if (Boolean.getBoolean(LAUNCHED)) {
            ProcessHandle.current().parent()
                    .ifPresent(launcher -> launcher.onExit().thenRun(() -> System.exit(INTERRUPTED)));
        }
    }
}
