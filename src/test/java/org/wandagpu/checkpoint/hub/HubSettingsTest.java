package org.wandagpu.checkpoint.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.wandagpu.failure.UsageException;

class HubSettingsTest {

    @TempDir
    Path home;

    /** Settings of variables that are written {@code A=1;B=2}, with a home folder that exists. */
    private HubSettings read(String variables) {
        Map<String, String> environment = new HashMap<>(Map.of("HOME", home.toString()));
        if (variables != null) {
            for (String variable : variables.split(";")) {
                environment.put(variable.split("=")[0], variable.split("=", 2)[1]);
            }
        }
        return HubSettings.read(environment);
    }

    @ParameterizedTest(name = "{0} -> {1}")
    @CsvSource({
        ", $HOME/.cache/huggingface/hub",
        "XDG_CACHE_HOME=/xdg, /xdg/huggingface/hub",
        "XDG_CACHE_HOME=/xdg;HF_HOME=/hf, /hf/hub",
        "HF_HOME=~/models, $HOME/models/hub",
        "HF_HOME=~, $HOME/hub",
        "HF_HOME=$BASE/a/${SUB}/b;BASE=/base;SUB=s, /base/a/s/b/hub",
        "HF_HOME=/x/$UNSET/y, /x/$UNSET/y/hub",
        "HF_HOME=/x/${UN SET}, /x/${UN SET}/hub",
        "HF_HOME=/hf;HF_HUB_CACHE=, /hf/hub",
        "HF_HOME=/hf;HF_HUB_CACHE=/one;HUGGINGFACE_HUB_CACHE=/two, /one",
        "HF_HOME=/hf;HUGGINGFACE_HUB_CACHE=/two, /two",
        "HF_HUB_CACHE=$A;A=$B;B=/b, $HERE/$B",
        "HF_HUB_CACHE=~other/x, $HERE/~other/x",
    })
    void theCacheIsWhereTheVariablesSay(String variables, String expected) {
        Path path = Path.of(expected.replace("$HOME", home.toString()).replace("$HERE/", ""));
        assertThat(read(variables).cache()).isEqualTo(path.toAbsolutePath());
    }

    @ParameterizedTest(name = "{0} -> {1}")
    @CsvSource({"1, true", "ON, true", "on, true", "Yes, true", "true, true", "0, false", "no, false", "'', false",
        "2, false"})
    void trueIsWrittenInFourWays(String value, boolean expected) {
        assertThat(read("HF_HUB_OFFLINE=" + value).offline()).isEqualTo(expected);
        assertThat(read("TRANSFORMERS_OFFLINE=" + value).offline()).isEqualTo(expected);
        assertThat(read("HF_HUB_DISABLE_PROGRESS_BARS=" + value).progress()).isEqualTo(!expected);
        assertThat(read("HF_HUB_DISABLE_SYMLINKS=" + value).symlinks()).isEqualTo(!expected);
    }

    @Test
    void timeoutsAreSecondsAndTenWhereUnset() {
        assertThat(read(null).answerTimeout()).isEqualTo(Duration.ofSeconds(10));
        assertThat(read("HF_HUB_ETAG_TIMEOUT=3").answerTimeout()).isEqualTo(Duration.ofSeconds(3));
        assertThat(read("HF_HUB_ETAG_TIMEOUT=3").stallTimeout()).isEqualTo(Duration.ofSeconds(10));
        assertThat(read("HF_HUB_DOWNLOAD_TIMEOUT=0.5").stallTimeout()).isEqualTo(Duration.ofMillis(500));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "ten", "NaN", "1e300"})
    void aTimeoutThatIsNoneIsRefused(String value) {
        assertThatThrownBy(() -> read("HF_HUB_DOWNLOAD_TIMEOUT=" + value)).isInstanceOf(UsageException.class)
                .hasMessage("environment: HF_HUB_DOWNLOAD_TIMEOUT is " + value
                        + "; give seconds above 0, or unset it");
    }

    @Test
    void theEndpointLosesItsSlash() {
        assertThat(read(null).endpoint()).hasToString("https://huggingface.co");
        assertThat(read("HF_ENDPOINT=https://mirror.example/hf//").endpoint()).hasToString("https://mirror.example/hf");
        assertThat(read("HF_ENDPOINT=http://localhost:8080").host()).isEqualTo("localhost:8080");
    }

    @ParameterizedTest
    @ValueSource(strings = {"huggingface.co", "ftp://host", "https://", "https://user:secret@host",
        "https://h/?q=secret", "https://a b"})
    void anEndpointThatIsNoneIsRefusedAndNotShown(String value) {
        assertThatThrownBy(() -> read("HF_ENDPOINT=" + value)).isInstanceOf(UsageException.class)
                .hasMessageStartingWith("environment: HF_ENDPOINT is not of the form https://HOST;")
                .hasMessageNotContaining("secret");
    }

    @Test
    void theTokenComesFromVariablesBeforeFiles() throws IOException {
        Path file = Files.createDirectories(home.resolve(".cache/huggingface")).resolve("token");
        assertThat(read(null).token()).isEmpty();
        Files.writeString(file, "  hf_file\n");
        Path other = Files.writeString(home.resolve("other"), "hf_other");
        assertThat(authorization(null)).isEqualTo("Bearer hf_file");
        assertThat(authorization("HF_TOKEN_PATH=~/other")).isEqualTo("Bearer hf_other");
        assertThat(authorization("HUGGING_FACE_HUB_TOKEN=hf_old;HF_TOKEN_PATH=~/other")).isEqualTo("Bearer hf_old");
        assertThat(authorization("HF_TOKEN=hf_new;HUGGING_FACE_HUB_TOKEN=hf_old")).isEqualTo("Bearer hf_new");
        assertThat(read("HF_TOKEN=hf_new;HF_HUB_DISABLE_IMPLICIT_TOKEN=1").token()).isEmpty();
        assertThat(other).exists();
    }

    private String authorization(String variables) {
        return read(variables).token().orElseThrow().authorization();
    }

    @Test
    void theTokenIsNeverShown() {
        assertThat(read("HF_TOKEN=hf_secret").toString()).doesNotContain("hf_secret").contains("token of HF_TOKEN");
        assertThatThrownBy(() -> read("HF_TOKEN=hf_sec\u0001ret")).isInstanceOf(UsageException.class)
                .hasMessage("HF_TOKEN: holds characters that no token has; copy the token again");
    }

    @Test
    void onlyTheEndpointsOwnSchemeHostAndPortAreTheHub() {
        HubSettings settings = read("HF_ENDPOINT=https://Hub.example");
        assertThat(settings.isHub(java.net.URI.create("https://hub.example:443/x"))).isTrue();
        for (String other : new String[] {"http://hub.example/x", "https://hub.example:444/",
            "https://cdn.hub.example/", "https://hub.example.org/"}) {
            assertThat(settings.isHub(java.net.URI.create(other))).as(other).isFalse();
        }
    }
}
