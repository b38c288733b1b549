package org.wandagpu.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChildCommandTest {

    private final Jdk jdk = Jdk.at(new File(System.getProperty("java.home"))).orElseThrow();

    @Test
    void theFlagsOfTheBuildArePassedOnWhole() throws IOException {
        List<String> command = ChildCommand.jvm(jdk, Map.of());

        assertThat(command.getFirst()).isEqualTo(jdk.executable().getPath());
        assertThat(command).containsSubsequence("--add-modules", "jdk.incubator.vector")
                .contains("--enable-native-access=ALL-UNNAMED", "-XX:-OptoRegScheduling")
                .endsWith("-cp", System.getProperty("java.class.path"))
                .noneMatch(word -> word.isBlank() || word.contains("${"));
    }

    @Test
    void aCollectorIsNamedThatNeverMovesPinnedArrays() throws IOException {
        assertThat(ChildCommand.jvm(jdk, Map.of())).containsAnyOf("-XX:+UseSerialGC", "-XX:+UseParallelGC");
    }

    @Test
    void theUsersOptionsComeAfterOursAndWin() throws IOException {
        List<String> command = ChildCommand.jvm(jdk, Map.of("WANDA_GPU_JAVA_OPTS", "  -Xmx8g\t-Dx=y "));

        assertThat(command).containsSubsequence("-XX:-OptoRegScheduling", "-Xmx8g", "-Dx=y", "-cp");
    }

    @ParameterizedTest
    @ValueSource(strings = {"LC_ALL=C", "LC_ALL=POSIX", "LC_CTYPE=C", "LANG=C", "LC_ALL=,LANG=C", "TERM=dumb"})
    void theLocaleWithoutUtf8GetsIt(String settings) {
        Map<String, String> environment = environment(settings);
        ChildCommand.useUtf8(environment);

        assertThat(environment).containsEntry("LC_ALL", "C.UTF-8");
    }

    @ParameterizedTest
    @ValueSource(strings = {"LC_ALL=de_DE.UTF-8", "LC_CTYPE=C.UTF-8,LANG=C", "LANG=ja_JP.eucJP", "LC_ALL=en,LANG=C"})
    void anyOtherLocaleIsTheUsersChoice(String settings) {
        Map<String, String> environment = environment(settings);
        ChildCommand.useUtf8(environment);

        assertThat(environment).isEqualTo(environment(settings));
    }

    private static Map<String, String> environment(String settings) {
        Map<String, String> environment = new HashMap<>();
        for (String setting : settings.split(",")) {
            int sign = setting.indexOf('=');
            environment.put(setting.substring(0, sign), setting.substring(sign + 1));
        }
        return environment;
    }
}
