package org.wandagpu.launcher;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.tools.ToolProvider;

/**
 * Starts the real launcher as {@code java -jar} would, with a small program in the place of {@code cli.Main} that does
 * what its first argument says.
 */
final class ProgramUnderLauncher {

    private static final String MAIN = """
            package org.wandagpu.cli;

            public final class Main {
                public static void main(String[] args) throws Exception {
                    ParentWatch.start();
                    switch (args[0]) {
                        case "arguments" -> System.out.print(String.join("|", args));
                        case "jvm" -> System.out.print(
                                java.lang.management.ManagementFactory.getRuntimeMXBean().getInputArguments());
                        case "property" -> System.out.print(System.getProperty(args[1]));
                        case "environment" -> System.out.print(System.getenv(args[1]));
                        case "terminal" -> System.out.print("terminal: " + System.getProperty("wanda.terminal")
                                + ", columns: " + System.getenv("COLUMNS"));
                        case "pid" -> System.out.print(ProcessHandle.current().pid());
                        case "echo" -> System.in.transferTo(System.out);
                        case "complain" -> System.err.print("one line, and no other");
                        case "exit" -> System.exit(Integer.parseInt(args[1]));
                        case "die" -> kill(args[1]);
                        case "wait" -> waitForSignal(() -> System.out.println("cleaned up"));
                        case "ignore" -> waitForSignal(() -> sleep());
                        default -> throw new IllegalArgumentException(args[0]);
                    }
                }

                private static void kill(String signal) throws Exception {
                    String command = "kill -" + signal + " " + ProcessHandle.current().pid();
                    new ProcessBuilder("sh", "-c", command).start().waitFor();
                    sleep();
                }

                private static void waitForSignal(Runnable atEnd) {
                    Runtime.getRuntime().addShutdownHook(new Thread(atEnd));
                    System.out.println(ProcessHandle.current().pid());
                    sleep();
                }

                private static void sleep() {
                    try {
                        Thread.sleep(120_000);
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                }
            }
            """;

    private final Path classes;
    private final Path java;
    private final List<String> prefix;
    private final Map<String, String> environment;

    private ProgramUnderLauncher(Path classes, Path java, List<String> prefix, Map<String, String> environment) {
        this.classes = classes;
        this.java = java;
        this.prefix = prefix;
        this.environment = environment;
    }

    /** Compiles the program into a folder; the launcher runs on the Java that runs this test. */
    static ProgramUnderLauncher compile(Path folder) throws IOException {
        Path source = folder.resolve("Main.java");
        Files.writeString(source, MAIN);
        int failed = ToolProvider.getSystemJavaCompiler()
                .run(null, null, null, "-cp", "target/classes", "-d", folder.toString(), source.toString());
        if (failed != 0) {
            throw new IOException("the program for the test does not compile");
        }
        return new ProgramUnderLauncher(folder, Path.of(System.getProperty("java.home")), List.of(), Map.of());
    }

    /** The same with a launcher on another Java. */
    ProgramUnderLauncher on(Path otherJava) {
        return new ProgramUnderLauncher(classes, otherJava, prefix, environment);
    }

    /** The same with other options or a wrapper before {@code java}'s arguments. */
    ProgramUnderLauncher with(String... options) {
        return new ProgramUnderLauncher(classes, java, List.of(options), environment);
    }

    /** The same with further environment variables. */
    ProgramUnderLauncher in(Map<String, String> variables) {
        return new ProgramUnderLauncher(classes, java, prefix, variables);
    }

    ProcessBuilder builder(String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(java.resolve("bin").resolve(Jdk.COMMAND).toString());
        command.addAll(prefix);
        command.addAll(List.of("-cp", classes + File.pathSeparator + Path.of("target/classes").toAbsolutePath()));
        command.add("org.wandagpu.launcher.Launcher");
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().putAll(environment);
        return builder;
    }

    Process start(String... arguments) throws IOException {
        return builder(arguments).start();
    }

    /** Runs to the end. */
    Result run(String... arguments) throws IOException, InterruptedException {
        return Result.of(start(arguments));
    }

    /** What a run left behind. */
    record Result(int exitCode, String output, String error) {

        static Result of(Process process) throws IOException, InterruptedException {
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readAllBytes());
            String error = new String(process.getErrorStream().readAllBytes());
            if (!process.waitFor(60, TimeUnit.SECONDS)) {
                throw new IOException("the launcher does not end");
            }
            return new Result(process.exitValue(), output, error);
        }
    }
}
