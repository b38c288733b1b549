package org.wandagpu.checkpoint.hub;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.wandagpu.failure.UsageException;

/** The proxies that the usual variables name; lower case comes before upper case, {@code NO_PROXY} before both. */
final class Proxies extends ProxySelector {

    private final Optional<URI> forHttp;
    private final Optional<URI> forHttps;
    private final List<String> direct;

    Proxies(Environment environment) {
        forHttp = proxy(environment, "http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY");
        forHttps = proxy(environment, "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY");
        direct = environment.text("no_proxy", "NO_PROXY").stream()
                .flatMap(list -> Arrays.stream(list.split("[,\\s]+")))
                .map(entry -> entry.toLowerCase(Locale.ROOT).replaceFirst("^\\*?\\.", ""))
                .toList();
    }

    private static Optional<URI> proxy(Environment environment, String... names) {
        return environment.text(names).map(text -> {
            String address = text.contains("://") ? text : "http://" + text;
            try {
                URI proxy = URI.create(address);
                if (proxy.getHost() != null && proxy.getScheme().toLowerCase(Locale.ROOT).equals("http")) {
                    return proxy;
                }
            } catch (IllegalArgumentException e) {
                // Reported below without the text, which may hold a password.
            }
            throw new UsageException("environment: " + String.join(", ", names)
                    + ": the proxy is not of the form http://HOST:PORT, the only kind this program can use");
        });
    }

    @Override
    public List<Proxy> select(URI uri) {
        return List.of(proxyFor(uri).map(Proxies::toProxy).orElse(Proxy.NO_PROXY));
    }

    private static Proxy toProxy(URI proxy) {
        int port = proxy.getPort() < 0 ? 80 : proxy.getPort();
        return new Proxy(Proxy.Type.HTTP, InetSocketAddress.createUnresolved(proxy.getHost(), port));
    }

    /** The {@code Proxy-Authorization} header of a request, where the proxy's address holds a name and a password. */
    Optional<String> authorization(URI uri) {
        return proxyFor(uri).map(URI::getUserInfo)
                .map(user -> "Basic " + Base64.getEncoder().encodeToString(user.getBytes(StandardCharsets.UTF_8)));
    }

    private Optional<URI> proxyFor(URI uri) {
        Optional<URI> proxy = uri.getScheme().equalsIgnoreCase("https") ? forHttps : forHttp;
        return proxy.filter(address -> !isDirect(uri));
    }

    private boolean isDirect(URI uri) {
        String host = uri.getHost().toLowerCase(Locale.ROOT);
        String hostAndPort = host + ":" + uri.getPort();
        return direct.stream().anyMatch(entry -> entry.equals("*") || host.equals(entry)
                || host.endsWith("." + entry) || hostAndPort.equals(entry) || hostAndPort.endsWith("." + entry));
    }

    @Override
    public void connectFailed(URI uri, SocketAddress address, IOException failure) {
        // The exchange itself fails and says so; there is no second proxy to turn to.
    }
}
