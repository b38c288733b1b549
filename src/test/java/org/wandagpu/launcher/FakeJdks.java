package org.wandagpu.launcher;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Makes folders that look like JDKs to a search; their {@code java} cannot be started. */
final class FakeJdks {

    static final String VECTOR = "jdk.incubator.vector";

    private FakeJdks() {
    }

    /** A JDK with the Vector API. */
    static Path make(Path home, String version) {
        return make(home, "JAVA_VERSION=\"" + version + "\"\nMODULES=\"java.base " + VECTOR + " jdk.zipfs\"\n", true);
    }

    /** A JDK with any release file. */
    static Path make(Path home, String release, boolean executable) {
        try {
            Path command = home.resolve("bin").resolve(Jdk.COMMAND);
            Files.createDirectories(command.getParent());
            Files.writeString(home.resolve("release"), release);
            Files.writeString(command, "#!/no/such/interpreter\n");
            if (!command.toFile().setExecutable(executable)) {
                throw new IOException("cannot set permissions of " + command);
            }
            return home;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
