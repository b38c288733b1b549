package org.wandagpu.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JdkSearchTest {

    @TempDir
    private Path root;

    private final Map<String, String> environment = new HashMap<>();
    private Path running;
    private Path system;
    private Path user;

    @BeforeEach
    void aMachineWithJava17Alone() throws IOException {
        running = FakeJdks.make(root.resolve("jvm/java-17"), "17.0.15");
        system = root.resolve("jvm");
        user = Files.createDirectories(root.resolve("home/.jdks"));
    }

    private JdkSearch search() {
        return new JdkSearch(running.toFile(), environment, List.of(system.toFile(), user.toFile()));
    }

    private void assertFinds(Path home) {
        assertThat(search().find()).map(Jdk::executable).contains(home.resolve("bin").resolve(Jdk.COMMAND).toFile());
    }

    @Test
    void theRunningJavaComesFirst() {
        running = FakeJdks.make(root.resolve("running"), "26");
        environment.put("JAVA_HOME", FakeJdks.make(root.resolve("a"), "25.0.3").toString());

        assertFinds(running);
    }

    @Test
    void javaHomeComesBeforeJdkHomeAndBothBeforeThePath() {
        Path javaHome = FakeJdks.make(root.resolve("a"), "25.0.3");
        Path jdkHome = FakeJdks.make(root.resolve("b"), "25.0.4");
        Path onPath = FakeJdks.make(root.resolve("c"), "25.0.5");
        environment.put("PATH", onPath.resolve("bin").toString());
        assertFinds(onPath);
        environment.put("JDK_HOME", jdkHome.toString());
        assertFinds(jdkHome);
        environment.put("JAVA_HOME", javaHome.toString());
        assertFinds(javaHome);
    }

    @Test
    void anUnusableJavaHomeIsPassedOver() {
        environment.put("JAVA_HOME", FakeJdks.make(root.resolve("old"), "21.0.4").toString());
        environment.put("JDK_HOME", root.resolve("missing").toString());
        Path installed = FakeJdks.make(system.resolve("temurin-25"), "25.0.3");

        assertFinds(installed);
    }

    @Test
    void linksOnThePathAreFollowedToTheirJdk() throws IOException {
        Path jdk = FakeJdks.make(root.resolve("elsewhere/jdk"), "25.0.3");
        Path alternatives = Files.createDirectories(root.resolve("etc/alternatives"));
        Path bin = Files.createDirectories(root.resolve("usr/bin"));
        Files.createSymbolicLink(alternatives.resolve(Jdk.COMMAND), jdk.resolve("bin").resolve(Jdk.COMMAND));
        Files.createSymbolicLink(bin.resolve(Jdk.COMMAND), alternatives.resolve(Jdk.COMMAND));
        String nowhere = root.resolve("nowhere").toString();
        environment.put("PATH", String.join(File.pathSeparator, nowhere, "", bin.toString()));

        assertFinds(jdk);
    }

    @Test
    void ofAFolderTheNearestFeatureReleaseInItsNewestUpdateIsTaken() {
        FakeJdks.make(system.resolve("jdk-24"), "24.0.2");
        FakeJdks.make(system.resolve("jdk-25.0.2"), "25.0.2");
        Path best = FakeJdks.make(system.resolve("jdk-25.0.10"), "25.0.10");
        FakeJdks.make(system.resolve("jdk-25.0.9"), "25.0.9");
        FakeJdks.make(system.resolve("jdk-27"), "27-ea");
        FakeJdks.make(user.resolve("jdk-25.0.11"), "25.0.11");

        assertFinds(best);
    }

    @Test
    void theUsersFoldersAndMacBundlesAreSearchedToo() {
        Path bundle = FakeJdks.make(user.resolve("temurin-25.jdk/Contents/Home"), "25.0.3");

        assertFinds(bundle);
    }

    @Test
    void whenNothingIsFoundOneSentenceSaysWhereItLookedAndWhatToInstall() {
        environment.put("JAVA_HOME", root.resolve("missing").toString());

        assertThat(search().find()).isEmpty();
        assertThat(search().advice()).isEqualTo("wanda-gpu needs Java 25 or newer with the module jdk.incubator.vector"
                + " and found none in the running Java (" + running + ": 17.0.15), JAVA_HOME ("
                + root.resolve("missing") + ": no Java there), JDK_HOME (not set), the PATH, " + system + ", " + user + "; install one"
                + " (openjdk-25-jdk-headless from Debian 13 on, or Eclipse Temurin 25)"
                + " or set JAVA_HOME to it");
    }

    @Test
    void everySystemHasFoldersToSearch() {
        assertThat(JdkFolders.of("Linux", "/home/me", Map.of())).contains(
                new File("/usr/lib/jvm"), new File("/opt"), new File("/home/me/.sdkman/candidates/java"),
                new File("/home/me/.jdks"));
        assertThat(JdkFolders.of("Mac OS X", "/Users/me", Map.of()))
                .contains(new File("/Library/Java/JavaVirtualMachines"), new File("/Users/me/.jdks"));
        assertThat(JdkFolders.of("Windows 11", "C:\\Users\\me", Map.of("ProgramFiles", "D:\\Programs")))
                .contains(new File("D:\\Programs", "Eclipse Adoptium")).doesNotContain(new File("/opt"));
    }
}
