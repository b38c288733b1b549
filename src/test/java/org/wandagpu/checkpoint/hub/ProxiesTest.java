package org.wandagpu.checkpoint.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.URI;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.wandagpu.failure.UsageException;

class ProxiesTest {

    private static Proxies proxies(String variables) {
        return new Proxies(new Environment(variables == null ? Map.of() : Arrays.stream(variables.split(";"))
                .collect(Collectors.toMap(text -> text.split("=")[0], text -> text.split("=", 2)[1]))));
    }

    @ParameterizedTest(name = "{0}: {1} -> {2}")
    @CsvSource({
        ", https://hub.example/, direct",
        "HTTPS_PROXY=http://p:3128, https://hub.example/, p:3128",
        "HTTPS_PROXY=http://p:3128, http://hub.example/, direct",
        "http_proxy=p:3128, http://hub.example/, p:3128",
        "http_proxy=p:1;HTTP_PROXY=q:2, http://hub.example/, p:1",
        "ALL_PROXY=http://p, https://hub.example/, p:80",
        "all_proxy=http://p;https_proxy=http://q:9, https://hub.example/, q:9",
        "HTTPS_PROXY=http://p:1;NO_PROXY=*, https://hub.example/, direct",
        "'HTTPS_PROXY=http://p:1;no_proxy=a.b, hub.example', https://hub.example/, direct",
        "HTTPS_PROXY=http://p:1;no_proxy=.example, https://hub.example/, direct",
        "HTTPS_PROXY=http://p:1;no_proxy=*.example, https://HUB.example/, direct",
        "HTTPS_PROXY=http://p:1;no_proxy=ample, https://hub.example/, p:1",
        "HTTP_PROXY=http://p:1;no_proxy=localhost:81, http://localhost:81/, direct",
        "HTTP_PROXY=http://p:1;no_proxy=localhost:82, http://localhost:81/, p:1",
    })
    void theVariablesChooseTheProxy(String variables, URI uri, String expected) {
        assertThat(proxies(variables).select(uri)).hasSize(1).first()
                .extracting(ProxiesTest::name).isEqualTo(expected);
    }

    private static String name(Proxy proxy) {
        return proxy == Proxy.NO_PROXY ? "direct" : ((InetSocketAddress) proxy.address()).getHostString() + ":"
                + ((InetSocketAddress) proxy.address()).getPort();
    }

    @ParameterizedTest
    @ValueSource(strings = {"socks5://user:secret@p:1", "https://p:1", "http://", "http://a b"})
    void aProxyOfAnotherKindIsRefusedAndNotShown(String proxy) {
        assertThatThrownBy(() -> proxies("ALL_PROXY=" + proxy)).isInstanceOf(UsageException.class)
                .hasMessageContaining("the proxy is not of the form http://HOST:PORT")
                .hasMessageNotContaining("secret");
    }

    @Test
    void nameAndPasswordBecomeAHeaderForTheProxy() {
        Proxies proxies = proxies("HTTPS_PROXY=http://user:pa%20ss@p:1");
        assertThat(proxies.authorization(URI.create("https://hub.example"))).contains("Basic dXNlcjpwYSBzcw==");
        assertThat(proxies.authorization(URI.create("http://hub.example"))).isEmpty();
        assertThat(proxies("HTTPS_PROXY=http://p:1").authorization(URI.create("https://hub.example"))).isEmpty();
    }

    @Test
    void requestsGoThroughTheProxy(@TempDir java.nio.file.Path cache) {
        try (FakeHub proxy = new FakeHub()) {
            proxy.model("owner/name").usable();
            Hub hub = Hub.open(Map.of("HF_ENDPOINT", "http://hub.invalid", "HF_HUB_CACHE", cache.toString(),
                    "HTTP_PROXY", "http://user:secret@" + proxy.host(), "NO_PROXY", proxy.storeHost()),
                    DownloadListener.NONE);
            assertThat(hub.model("owner/name").resolve("model.safetensors")).exists();
            assertThat(proxy.requests("hub", "HEAD")).isNotEmpty()
                    .allMatch(seen -> seen.header("Host").equals("hub.invalid"))
                    .allMatch(seen -> seen.header("Proxy-Authorization").equals("Basic dXNlcjpzZWNyZXQ="));
        }
    }
}
