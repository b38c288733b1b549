package org.wandagpu.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.wandagpu.launcher.ProgramUnderLauncher.Result;
import org.wandagpu.process.Signals;

/** Starts the launcher as users do, on the Java of this test and, where there is one, on an older Java. */
@DisabledOnOs(OS.WINDOWS)
class LauncherProcessTest {

    private static final String THIS_JAVA = System.getProperty("java.home");

    @TempDir
    private static Path folder;

    private static ProgramUnderLauncher program;

    @BeforeAll
    static void compileTheProgram() throws IOException {
        program = ProgramUnderLauncher.compile(folder);
    }

    static List<Path> javas() throws IOException {
        return Stream.concat(Stream.of(Path.of(THIS_JAVA)), anOlderJava().stream()).toList();
    }

    private static Optional<Path> anOlderJava() throws IOException {
        Path installed = Path.of("/usr/lib/jvm");
        if (!Files.isDirectory(installed)) {
            return Optional.empty();
        }
        try (Stream<Path> homes = Files.list(installed)) {
            return homes.filter(home -> Jdk.at(home.toFile()).filter(jdk -> !jdk.runsTheProgram()).isPresent())
                    .findFirst();
        }
    }

    @ParameterizedTest
    @MethodSource("javas")
    void argumentsArriveAsGiven(Path java) throws Exception {
        String[] arguments = {"arguments", "", "two words", "\"quoted'", "$HOME", "a\nb\t\\", "@file", "--x=*"};

        assertThat(program.on(java).run(arguments)).isEqualTo(new Result(0, String.join("|", arguments), ""));
    }

    static Stream<Arguments> javasAndLocales() throws IOException {
        return javas().stream().flatMap(java -> Stream.of("C", "C.UTF-8").map(locale -> Arguments.of(java, locale)));
    }

    @ParameterizedTest
    @MethodSource("javasAndLocales")
    void argumentsBeyondAsciiArriveInAnyLocale(Path java, String locale) throws Exception {
        List<String> command = program.on(java).builder("arguments", "'grüße, 世界'", "\"\"", "'@ \"\\'", "''").command();
        Path script = Files.writeString(folder.resolve("in-a-locale.sh"), "exec " + String.join(" ", command));
        ProcessBuilder shell = new ProcessBuilder("sh", script.toString());
        shell.environment().putAll(Map.of("JAVA_HOME", THIS_JAVA, "LC_ALL", locale));

        assertThat(Result.of(shell.start())).isEqualTo(new Result(0, "arguments|grüße, 世界||@ \"\\|", ""));
    }

    @ParameterizedTest
    @MethodSource("javas")
    void theFlagsOfTheBuildAndTheUsersReachTheJvm(Path java) throws Exception {
        Result result = program.on(java).in(Map.of("WANDA_GPU_JAVA_OPTS", "-Xmx77m -Dmine=1")).run("jvm");

        assertThat(result.exitCode()).isZero();
        assertThat(result.output()).contains("--add-modules=jdk.incubator.vector", "-Xmx77m", "-Dmine=1");
    }

    @Test
    void aJvmThatHasTheVectorApiRunsTheProgramItself() throws Exception {
        Process process = program.with("--add-modules", "jdk.incubator.vector").start("pid");

        assertThat(Result.of(process).output()).isEqualTo(String.valueOf(process.pid()));
    }

    @ParameterizedTest
    @MethodSource("javas")
    void exitCodesArePassedOn(Path java) throws Exception {
        assertThat(program.on(java).run("exit", "3")).isEqualTo(new Result(3, "", ""));
    }

    @ParameterizedTest
    @CsvSource({"KILL, 137", "TERM, 143", "INT, 130"})
    void deathBySignalIsReportedAsShellsDo(String signal, int exitCode) throws Exception {
        assertThat(program.run("die", signal).exitCode()).isEqualTo(exitCode);
    }

    @ParameterizedTest
    @MethodSource("javas")
    void standardInputIsTheProgramsOwn(Path java) throws Exception {
        Process process = program.on(java).start("echo");
        process.getOutputStream().write("line\n".getBytes());

        assertThat(Result.of(process)).isEqualTo(new Result(0, "line\n", ""));
    }

    @ParameterizedTest
    @MethodSource("javas")
    void aMessageIsAloneOnStandardError(Path java) throws Exception {
        assertThat(program.on(java).run("complain")).isEqualTo(new Result(0, "", "one line, and no other"));
    }

    @Test
    void theProgramLearnsThatNobodyWatchesAndTheWidthItWasTold() throws Exception {
        assertThat(program.run("property", "wanda.terminal").output()).isEqualTo("false");
        assertThat(program.in(Map.of("COLUMNS", "77")).run("environment", "COLUMNS").output()).isEqualTo("77");
    }

    @Test
    void onATerminalTheProgramLearnsItsWidth() throws Exception {
        String launch = String.join(" ", program.builder("terminal").command());
        ProcessBuilder terminal = new ProcessBuilder("script", "-qec", "stty cols 93; " + launch, "/dev/null");
        terminal.environment().put("JAVA_HOME", THIS_JAVA);
        terminal.environment().remove("COLUMNS");
        assumeTrue(onPath("script"), "util-linux has script, which makes terminals");

        assertThat(Result.of(terminal.start()).output()).contains("terminal: true, columns: 93");
    }

    private static boolean onPath(String command) {
        return Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .anyMatch(directory -> Files.isExecutable(Path.of(directory, command)));
    }

    @ParameterizedTest
    @CsvSource({"INT, 130", "TERM, 143", "HUP, 129"})
    void oneSignalLetsTheProgramCleanUp(String signal, int exitCode) throws Exception {
        Process launcher = program.start("wait");
        ProcessHandle child = childOf(launcher);
        Signals.send(signal, launcher.toHandle());

        assertThat(Result.of(launcher)).isEqualTo(new Result(exitCode, "cleaned up\n", ""));
        assertThat(child.isAlive()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"INT", "TERM"})
    void theSecondSignalEndsAProgramThatDoesNotEnd(String signal) throws Exception {
        Process launcher = program.start("ignore");
        ProcessHandle child = childOf(launcher);
        Signals.send(signal, launcher.toHandle());
        assertThat(launcher.waitFor(1, TimeUnit.SECONDS)).as("ended after one signal").isFalse();
        Signals.send(signal, launcher.toHandle());

        assertThat(Result.of(launcher).exitCode()).isEqualTo(137);
        assertThat(child.isAlive()).isFalse();
    }

    @Test
    void theProgramDoesNotOutliveAKilledLauncher() throws Exception {
        Process launcher = program.start("wait");
        ProcessHandle child = childOf(launcher);
        launcher.destroyForcibly().waitFor();

        assertThat(child.onExit()).succeedsWithin(Duration.ofSeconds(30));
    }

    @Test
    void aJdkThatCannotBeStartedIsNamedInOneLine() throws Exception {
        Optional<Path> older = anOlderJava();
        assumeTrue(older.isPresent(), "no Java older than 25 is installed");
        Path broken = FakeJdks.make(folder.resolve("broken"), "25.0.3");
        Result result = program.on(older.get()).in(Map.of("JAVA_HOME", broken.toString())).run("exit", "0");

        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.error()).startsWith("wanda-gpu could not be started with " + broken.resolve("bin/java"))
                .endsWith("; set JAVA_HOME to another JDK 25 or newer\n").hasLineCount(1);
    }

    /** The program's process, which has said that it is ready by printing its number. */
    private static ProcessHandle childOf(Process launcher) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = launcher.getInputStream().read(); c != '\n'; c = launcher.getInputStream().read()) {
            assertThat(c).as("the program ended early").isNotNegative();
            line.append((char) c);
        }
        return ProcessHandle.of(Long.parseLong(line.toString())).orElseThrow();
    }
}
