package org.wandagpu.launcher;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** What starts the program in a JDK: the command line and what its environment needs. */
final class ChildCommand {

    /** Class whose {@code main} is the program. */
    static final String MAIN_CLASS = "org.wandagpu.cli.Main";

    /** Environment variable with further options for the program's JVM, separated by blanks. */
    static final String OPTIONS_VARIABLE = "WANDA_GPU_JAVA_OPTS";

    private static final String COLUMNS = "COLUMNS";

    /** Written by the build from the property {@code jvm.flags} of pom.xml, which tests and benchmarks use too. */
    private static final String FLAGS = "jvm.flags";

    private ChildCommand() {
    }

    /**
     * The command line up to the program's arguments. The flags name a collector other than G1, so that a JDK whose G1
     * moves pinned arrays ({@link JavaVersion#movesPinnedArrays()}) is as good as any other.
     */
    static List<String> jvm(Jdk jdk, Map<String, String> environment) throws IOException {
        List<String> command = new ArrayList<String>();
        command.add(jdk.executable().getPath());
        command.addAll(words(flags()));
        command.add("-Dwanda.launched=true"); // the program then ends when the launcher is gone: cli.ParentWatch
        command.add("-Dwanda.terminal=" + Terminal.shows(Terminal.STANDARD_ERROR));
        String options = environment.get(OPTIONS_VARIABLE);
        command.addAll(words(options == null ? "" : options));
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        return command;
    }

    /**
     * Changes a child's environment from the C locale, in which Java can neither name a file nor print a word beyond
     * ASCII, to the same locale with UTF-8. Containers and cron have no other locale.
     */
    static void useUtf8(Map<String, String> environment) {
        for (String variable : new String[] {"LC_ALL", "LC_CTYPE", "LANG"}) {
            String locale = environment.get(variable);
            if (locale != null && !locale.isEmpty()) {
                if (locale.equals("C") || locale.equals("POSIX")) {
                    break;
                }
                return;
            }
        }
        environment.put("LC_ALL", "C.UTF-8");
    }

    /** Tells a child that was not told the width of its terminal; where it writes elsewhere there is none. */
    static void tellWidth(Map<String, String> environment) {
        if (!environment.containsKey(COLUMNS)
                && Terminal.shows(Terminal.STANDARD_OUTPUT) && Terminal.shows(Terminal.STANDARD_ERROR)) {
            String columns = Terminal.columns();
            if (!columns.isEmpty()) {
                environment.put(COLUMNS, columns);
            }
        }
    }

    private static String flags() throws IOException {
        try (InputStream in = ChildCommand.class.getResourceAsStream(FLAGS)) {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            for (int b = in.read(); b >= 0; b = in.read()) {
                bytes.write(b);
            }
            return bytes.toString("US-ASCII");
        }
    }

    private static List<String> words(String text) {
        String trimmed = text.trim();
        return trimmed.isEmpty() ? new ArrayList<String>() : Arrays.asList(trimmed.split("\\s+"));
    }
}
