package org.wandagpu.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The program in a process of its own, for tests that kill it or measure its memory. */
final class ChildRun {

    private static final long PATIENCE_SECONDS = 600;

    private final Process process;
    private final Path err;

    private ChildRun(Process process, Path err) {
        this.process = process;
        this.err = err;
    }

    /**
     * Starts the program with the flags of this JVM.
     *
     * @param log file for what it prints
     * @param jvmFlags flags that override those
     */
    static ChildRun start(Path log, List<String> jvmFlags, List<Object> arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(flag -> !flag.startsWith("-Xmx") && !flag.startsWith("-XX:MaxDirect") && !flag.startsWith("-D"))
                .forEach(command::add);
        command.addAll(jvmFlags);
        command.addAll(List.of("-cp", System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                Main.class.getName()));
        arguments.forEach(argument -> command.add(argument.toString()));
        try {
            return new ChildRun(new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start(), log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits for a while; whether the program ended by then. */
    boolean endsWithin(long millis) throws InterruptedException {
        return process.waitFor(millis, TimeUnit.MILLISECONDS);
    }

    /** SIGKILL. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** The exit code of a run that is left alone. */
    int exitCode() throws InterruptedException {
        if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            kill();
            throw new AssertionError("did not end: " + output());
        }
        return process.exitValue();
    }

    /** All that it printed. */
    String output() {
        try {
            return Files.readString(err);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
