package org.wandagpu.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JdkTest {

    @TempDir
    private Path folder;

    @Test
    void theReleaseFileTellsVersionAndVectorApi() {
        Jdk jdk = Jdk.at(FakeJdks.make(folder.resolve("a"), "25.0.3").toFile()).orElseThrow();

        assertThat(jdk.version()).hasToString("25.0.3");
        assertThat(jdk.runsTheProgram()).isTrue();
        assertThat(jdk.executable()).isEqualTo(folder.resolve("a/bin").resolve(Jdk.COMMAND).toFile());
    }

    @Test
    void aRuntimeWithoutTheVectorApiDoesNotRunTheProgram() {
        Path home =
                FakeJdks.make(folder, "JAVA_VERSION=\"25.0.3\"\nMODULES=\"java.base jdk.incubator.vectors\"\n", true);

        assertThat(Jdk.at(home.toFile()).orElseThrow().runsTheProgram()).isFalse();
    }

    @Test
    void aReleaseFileWithoutModulesIsTakenForAWholeJdk() {
        Path home = FakeJdks.make(folder, "JAVA_VERSION=26-ea\n", true);

        assertThat(Jdk.at(home.toFile()).orElseThrow().runsTheProgram()).isTrue();
    }

    @Test
    void aFolderThatCannotStartJavaIsNoJdk() {
        assertThat(Jdk.at(folder.toFile())).as("no release file").isEmpty();
        assertThat(Jdk.at(folder.resolve("missing").toFile())).as("no folder").isEmpty();
        assertThat(Jdk.at(FakeJdks.make(folder.resolve("b"), "IMPLEMENTOR=\"X\"\n", true).toFile()))
                .as("no version").isEmpty();
        assertThat(Jdk.at(FakeJdks.make(folder.resolve("c"), "JAVA_VERSION=\"\\u12\"\n", true).toFile()))
                .as("a damaged release file").isEmpty();
        assertThat(Jdk.at(FakeJdks.make(folder.resolve("d"), "JAVA_VERSION=\"25.0.3\"\n", false).toFile()))
                .as("a command that is not executable").isEmpty();
    }

    @Test
    void theJdkOfThisTestRunsTheProgram() {
        Path home = Path.of(System.getProperty("java.home"));

        assertThat(home.resolve("release")).matches(Files::exists);
        assertThat(Jdk.at(home.toFile()).orElseThrow().runsTheProgram()).isTrue();
    }
}
