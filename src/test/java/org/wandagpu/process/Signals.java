package org.wandagpu.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Signals to the processes that a test started. */
public final class Signals {

    private static final Map<String, Integer> NUMBERS = Map.of("HUP", 1, "INT", 2, "TERM", 15);

    private Signals() {
    }

    /**
     * Sends a signal. Where the tests were started with it ignored (by nohup, or as a shell's background job), every
     * child ignores it too and would never end: the process is killed then, and the test skipped.
     */
    public static void send(String signal, ProcessHandle process) throws IOException, InterruptedException {
        if (isIgnored(signal, process.pid())) {
            process.destroyForcibly();
            assumeTrue(false, "the tests were started with SIG" + signal + " ignored, and so is every child");
        }
        int exitCode = new ProcessBuilder("sh", "-c", "kill -" + signal + " " + process.pid()).start().waitFor();
        assertThat(exitCode).isZero();
    }

    private static boolean isIgnored(String signal, long pid) throws IOException {
        Path status = Path.of("/proc", String.valueOf(pid), "status");
        if (!Files.exists(status)) {
            return false;
        }
        long mask = Files.readAllLines(status).stream()
                .filter(line -> line.startsWith("SigIgn:"))
                .mapToLong(line -> Long.parseUnsignedLong(line.substring("SigIgn:".length()).strip(), 16))
                .sum();
        return (mask >> (NUMBERS.get(signal) - 1) & 1) != 0;
    }
}
