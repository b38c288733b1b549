package org.wandagpu.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JavaVersionTest {

    @ParameterizedTest
    @ValueSource(strings = {"25", "25.0.3", "25-ea", "26-internal", "25.0.4.1", "26.0.1", "100"})
    void versionsFrom25UpRunTheProgram(String text) {
        assertThat(new JavaVersion(text).runsTheProgram()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.8.0_402", "1.8.0", "9", "11.0.22", "17.0.15", "24.0.2", "24-ea", "2.5"})
    void olderVersionsDoNot(String text) {
        assertThat(new JavaVersion(text).runsTheProgram()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "JDK", ".25", "-25", "12345", "25000000000000"})
    void whatIsNoVersionIsRefused(String text) {
        assertThatThrownBy(() -> new JavaVersion(text))
                .isInstanceOf(IllegalArgumentException.class).hasMessage("not a Java version: " + text);
    }

    @ParameterizedTest
    @CsvSource({"25, true", "25.0.0, true", "25.0.1, true", "25.0.2, true", "25.0.2.1, true", "25.0.3, false",
            "25.1.0, false", "26, false", "24.0.2, false"})
    void pinnedArraysMoveInTheFirstThreeUpdatesOf25(String text, boolean moves) {
        assertThat(new JavaVersion(text).movesPinnedArrays()).isEqualTo(moves);
    }

    @ParameterizedTest
    @CsvSource({"25.0.3, 26", "25, 26.0.1", "25.0.4, 25.0.3", "25.0.10, 25.0.9", "25.1.0, 25.0.9", "26.0.1, 27-ea"})
    void theNearestFeatureReleaseAndItsNewestUpdateArePreferred(String better, String worse) {
        assertThat(new JavaVersion(better).isPreferredTo(new JavaVersion(worse))).isTrue();
        assertThat(new JavaVersion(worse).isPreferredTo(new JavaVersion(better))).isFalse();
    }

    @Test
    void theTextIsKeptForMessages() {
        assertThat(new JavaVersion("1.8.0_402")).hasToString("1.8.0_402");
    }
}
