package org.wandagpu.launcher;

import java.io.File;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Finds a JDK that runs the program: the running one, JAVA_HOME, JDK_HOME, the {@code java} commands on the PATH, then
 * the folders in which systems and tools install JDKs, in this order.
 */
final class JdkSearch {

    private static final String[] VARIABLES = {"JAVA_HOME", "JDK_HOME"};

    private final File running;
    private final Map<String, String> environment;
    private final List<File> folders;

    /**
     * @param running home of the running Java
     * @param environment environment variables
     * @param folders folders that hold JDKs, each in a subfolder
     */
    JdkSearch(File running, Map<String, String> environment, List<File> folders) {
        this.running = running;
        this.environment = environment;
        this.folders = folders;
    }

    /** The search on this machine. */
    static JdkSearch here() {
        return new JdkSearch(new File(System.getProperty("java.home")), System.getenv(),
                JdkFolders.of(System.getProperty("os.name"), System.getProperty("user.home"), System.getenv()));
    }

    /** The first JDK that runs the program; of those in one folder the preferred. */
    Optional<Jdk> find() {
        for (File home : namedHomes()) {
            Optional<Jdk> jdk = Jdk.at(home);
            if (jdk.isPresent() && jdk.get().runsTheProgram()) {
                return jdk;
            }
        }
        for (File folder : folders) {
            Optional<Jdk> jdk = preferredIn(folder);
            if (jdk.isPresent()) {
                return jdk;
            }
        }
        return Optional.empty();
    }

    private List<File> namedHomes() {
        List<File> homes = new ArrayList<File>();
        homes.add(running);
        for (String variable : VARIABLES) {
            if (isSet(variable)) {
                homes.add(new File(environment.get(variable)));
            }
        }
        if (isSet("PATH")) {
            for (String directory : environment.get("PATH").split(File.pathSeparator)) {
                addHomeOf(new File(directory, Jdk.COMMAND), homes);
            }
        }
        return homes;
    }

    /** A command on the PATH is mostly a link, or a link to a link, to the one in its JDK. */
    private static void addHomeOf(File command, List<File> homes) {
        try {
            File bin = command.getCanonicalFile().getParentFile();
            if (command.isFile() && bin != null && bin.getParentFile() != null) {
                homes.add(bin.getParentFile());
            }
        } catch (IOException e) {
            // a folder on the PATH that cannot be read holds no JDK for us
        }
    }

    private static Optional<Jdk> preferredIn(File folder) {
        Optional<Jdk> preferred = Optional.empty();
        File[] homes = folder.listFiles();
        for (File home : homes == null ? new File[0] : homes) {
            File insideBundle = new File(home, "Contents/Home"); // macOS
            Optional<Jdk> jdk = Jdk.at(insideBundle.isDirectory() ? insideBundle : home);
            if (jdk.isPresent() && jdk.get().runsTheProgram()
                    && (!preferred.isPresent() || jdk.get().version().isPreferredTo(preferred.get().version()))) {
                preferred = jdk;
            }
        }
        return preferred;
    }

    private boolean isSet(String variable) {
        String value = environment.get(variable);
        return value != null && !value.isEmpty();
    }

    /** What to tell the user when nothing was found: one sentence with the places searched and what to install. */
    String advice() {
        StringBuilder places = new StringBuilder("the running Java (" + describe(running) + ")");
        for (String variable : VARIABLES) {
            places.append(", ").append(variable).append(" (")
                    .append(isSet(variable) ? describe(new File(environment.get(variable))) : "not set").append(')');
        }
        places.append(", the PATH");
        for (File folder : folders) {
            places.append(", ").append(folder);
        }
        return "wanda-gpu needs Java " + JavaVersion.OLDEST + " or newer with the module " + Jdk.VECTOR_MODULE
                + " and found none in " + places + "; install one (openjdk-25-jdk-headless from Debian 13 on,"
                + " or Eclipse Temurin 25) or set JAVA_HOME to it";
    }

    private static String describe(File home) {
        Optional<Jdk> jdk = Jdk.at(home);
        return home + (jdk.isPresent() ? ": " + jdk.get().version() : ": no Java there");
    }
}
