package org.wandagpu.launcher;

import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import java.util.Properties;

/** An installed JDK or Java runtime, as its {@code release} file describes it; nothing is started to ask it. */
final class Jdk {

    static final String VECTOR_MODULE = "jdk.incubator.vector";

    /** Name of the file that starts Java. */
    static final String COMMAND = File.separatorChar == '\\' ? "java.exe" : "java";

    private final File home;
    private final JavaVersion version;
    private final boolean hasVectorApi;

    private Jdk(File home, JavaVersion version, boolean hasVectorApi) {
        this.home = home;
        this.version = version;
        this.hasVectorApi = hasVectorApi;
    }

    /** Reads the Java installation in a folder; empty if there is none that could be started. */
    static Optional<Jdk> at(File home) {
        Properties release = new Properties();
        try (InputStream in = new FileInputStream(new File(home, "release"))) {
            release.load(in);
            Jdk jdk = new Jdk(home, new JavaVersion(unquoted(release.getProperty("JAVA_VERSION", ""))),
                    hasVectorApi(release.getProperty("MODULES")));
            return jdk.executable().canExecute() ? Optional.of(jdk) : Optional.<Jdk>empty();
        } catch (IOException | IllegalArgumentException e) {
            return Optional.empty(); // no release file, or one without a version: nothing for us
        }
    }

    /** A release file without a list of modules is that of a whole JDK, packed by someone who left the list out. */
    private static boolean hasVectorApi(String modules) {
        return modules == null || (" " + unquoted(modules) + " ").contains(" " + VECTOR_MODULE + " ");
    }

    private static String unquoted(String value) {
        return value.replace("\"", "").trim();
    }

    JavaVersion version() {
        return version;
    }

    boolean runsTheProgram() {
        return version.runsTheProgram() && hasVectorApi;
    }

    /** The {@code java} command. */
    File executable() {
        return new File(new File(home, "bin"), COMMAND);
    }
}
