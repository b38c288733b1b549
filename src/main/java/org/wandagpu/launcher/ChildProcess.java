package org.wandagpu.launcher;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The program in a process of its own, with the launcher's standard streams, terminal, folder and environment. */
final class ChildProcess {

    private ChildProcess() {
    }

    /**
     * Runs the program and waits for its end.
     *
     * @return its exit code, 128 + n if signal n ended it
     * @throws IOException if it could not be started
     */
    static int run(Jdk jdk, Arguments arguments) throws IOException, InterruptedException {
        SignalRelay signals = SignalRelay.install();
        List<String> command = ChildCommand.jvm(jdk, System.getenv());
        Path file = null;
        if (arguments.needFile()) {
            file = Files.write(Files.createTempFile("wanda-gpu", ".args"), arguments.file(ChildCommand.MAIN_CLASS));
            command.add("@" + file);
        } else {
            command.addAll(arguments.words(ChildCommand.MAIN_CLASS));
        }
        try {
            ProcessBuilder builder = new ProcessBuilder(command).inheritIO().redirectError(Redirect.PIPE);
            ChildCommand.useUtf8(builder.environment());
            ChildCommand.tellWidth(builder.environment());
            Process child = builder.start();
            signals.relayTo(child);
            Thread standardError = new StandardError(child.getErrorStream());
            standardError.start();
            int exitCode = child.waitFor();
            standardError.join();
            return signals.exitCode(exitCode);
        } finally {
            if (file != null) {
                Files.deleteIfExists(file);
            }
        }
    }
}
