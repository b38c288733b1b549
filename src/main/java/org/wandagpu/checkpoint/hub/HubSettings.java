package org.wandagpu.checkpoint.hub;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.wandagpu.failure.UsageException;

/**
 * What the environment says about the hub.
 *
 * @param endpoint the hub's address without a slash at its end
 * @param cache the folder of all repositories
 * @param token the user's secret, if there is one
 * @param offline whether the cache alone may be used
 * @param symlinks whether snapshots may hold links to blobs
 * @param progress whether the user wants to see numbers
 * @param answerTimeout how long an answer may take to begin
 * @param stallTimeout how long a body may bring nothing
 * @param proxies which proxy a request goes through
 */
record HubSettings(URI endpoint, Path cache, Optional<Token> token, boolean offline, boolean symlinks,
        boolean progress, Duration answerTimeout, Duration stallTimeout, Proxies proxies) {

    private static final Duration TEN_SECONDS = Duration.ofSeconds(10);

    /** @throws UsageException if a variable cannot be understood */
    static HubSettings read(Map<String, String> variables) {
        Environment environment = new Environment(variables);
        Path home = environment.path("HF_HOME").orElseGet(() -> environment.path("XDG_CACHE_HOME")
                .orElseGet(() -> environment.home().resolve(".cache")).resolve("huggingface"));
        return new HubSettings(
                endpoint(environment.text("HF_ENDPOINT").orElse("https://huggingface.co")),
                environment.path("HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE").orElse(home.resolve("hub")).toAbsolutePath(),
                Token.find(environment, home),
                environment.flag("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE"),
                !environment.flag("HF_HUB_DISABLE_SYMLINKS"),
                !environment.flag("HF_HUB_DISABLE_PROGRESS_BARS"),
                environment.seconds("HF_HUB_ETAG_TIMEOUT", TEN_SECONDS),
                environment.seconds("HF_HUB_DOWNLOAD_TIMEOUT", TEN_SECONDS),
                new Proxies(environment));
    }

    private static URI endpoint(String text) {
        try {
            URI endpoint = URI.create(text.replaceFirst("/+$", ""));
            if (("https".equalsIgnoreCase(endpoint.getScheme()) || "http".equalsIgnoreCase(endpoint.getScheme()))
                    && endpoint.getHost() != null && endpoint.getUserInfo() == null
                    && endpoint.getQuery() == null && endpoint.getFragment() == null) {
                return endpoint;
            }
        } catch (IllegalArgumentException e) {
            // Reported below without the text, which may hold a password.
        }
        throw new UsageException("environment: HF_ENDPOINT is not of the form https://HOST;"
                + " correct or unset it, and give a token by HF_TOKEN");
    }

    /** The hub's name in messages: host, and port where it is given. */
    String host() {
        return hostOf(endpoint);
    }

    /** Whether an address belongs to the hub itself, so that it may see the token: same scheme, host and port. */
    boolean isHub(URI uri) {
        return endpoint.getScheme().equalsIgnoreCase(uri.getScheme())
                && endpoint.getHost().equalsIgnoreCase(uri.getHost())
                && portOf(endpoint) == portOf(uri);
    }

    static String hostOf(URI uri) {
        return uri.getPort() < 0 ? uri.getHost() : uri.getHost() + ":" + uri.getPort();
    }

    private static int portOf(URI uri) {
        if (uri.getPort() >= 0) {
            return uri.getPort();
        }
        return uri.getScheme().equalsIgnoreCase("https") ? 443 : 80;
    }
}
