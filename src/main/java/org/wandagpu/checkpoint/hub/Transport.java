package org.wandagpu.checkpoint.hub;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.security.cert.CertificateException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.wandagpu.failure.InterruptedWorkException;
import org.wandagpu.failure.WorkFailedException;

/**
 * One exchange with the hub or with the store it redirects to. Redirects are followed by hand: the token goes to the
 * hub's own scheme, host and port and nowhere else, on whichever hop.
 */
final class Transport {

    private static final int MOST_REDIRECTS = 10;

    private final HubSettings settings;
    private final HttpClient client;
    private volatile boolean connectedOnce;

    Transport(HubSettings settings) {
        this.settings = settings;
        client = HttpClient.newBuilder()
                // A large file arrives faster over a connection of its own than over one shared by streams.
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(settings.answerTimeout())
                .proxy(settings.proxies())
                .build();
    }

    /** Asks for headers alone; follows redirects within the hub, and returns one to a store as it is. */
    Answer head(URI uri) throws NetworkFailure {
        return exchange("HEAD", uri, 0, false);
    }

    /** Asks for content from a position on, following redirects to wherever they lead. */
    Answer get(URI uri, long from) throws NetworkFailure {
        return exchange("GET", uri, from, true);
    }

    private Answer exchange(String method, URI start, long from, boolean leaveHub) throws NetworkFailure {
        URI uri = start;
        for (int hop = 0; hop <= MOST_REDIRECTS; hop++) {
            Answer answer = send(method, uri, from);
            if (!answer.isRedirect()) {
                return answer;
            }
            URI target = target(answer);
            if (!leaveHub && !staysOnHub(answer, target)) {
                return answer;
            }
            answer.close();
            uri = uri.resolve(target);
        }
        throw new WorkFailedException(HubSettings.hostOf(start) + ": more than " + MOST_REDIRECTS
                + " redirects from " + start.getPath() + "; try later, or correct HF_ENDPOINT");
    }

    /** Whether a redirect means a renamed repository: the one to a store tells all about the file itself. */
    private boolean staysOnHub(Answer answer, URI target) {
        return target.getRawAuthority() == null
                || settings.isHub(target) && answer.header("X-Repo-Commit").isEmpty();
    }

    private static URI target(Answer answer) {
        String location = answer.header("Location").orElseThrow();
        try {
            URI target = URI.create(location);
            String scheme = answer.uri().resolve(target).getScheme();
            if ("http".equalsIgnoreCase(scheme) || "https".equalsIgnoreCase(scheme)) {
                return target;
            }
        } catch (IllegalArgumentException e) {
            // Reported below without the address, which may be signed.
        }
        throw new WorkFailedException(HubSettings.hostOf(answer.uri())
                + ": redirects to what is no web address; try later, or correct HF_ENDPOINT");
    }

    private Answer send(String method, URI uri, long from) throws NetworkFailure {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri)
                .method(method, HttpRequest.BodyPublishers.noBody())
                .header("User-Agent", "wanda-gpu")
                // Compressed on the way, lengths and ranges would not be those of the file.
                .header("Accept-Encoding", "identity");
        if (from > 0) {
            request.header("Range", "bytes=" + from + "-");
        }
        if (settings.isHub(uri)) {
            settings.token().ifPresent(token -> request.header("Authorization", token.authorization()));
        }
        settings.proxies().authorization(uri).ifPresent(value -> request.header("Proxy-Authorization", value));
        HttpResponse<TimedBody> response = await(HubSettings.hostOf(uri), client.sendAsync(request.build(),
                info -> new TimedBody(settings.stallTimeout())));
        connectedOnce = true;
        return new Answer(uri, response.statusCode(), response.headers(), response.body());
    }

    private <T> T await(String host, CompletableFuture<T> pending) throws NetworkFailure {
        try {
            return pending.get(settings.answerTimeout().toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            pending.cancel(true);
            throw classify(host, new HttpTimeoutException("no answer within "
                    + settings.answerTimeout().toMillis() / 1000.0 + " s"));
        } catch (InterruptedException e) {
            pending.cancel(true);
            Thread.currentThread().interrupt();
            throw new InterruptedWorkException("interrupted while " + host + " was asked", e);
        } catch (ExecutionException e) {
            throw classify(host, e.getCause());
        }
    }

    private NetworkFailure classify(String host, Throwable cause) {
        for (Throwable inner = cause; inner != null; inner = inner.getCause()) {
            if (inner instanceof CertificateException) {
                throw new WorkFailedException(host + ": its certificate is not trusted ("
                        + Text.oneLine(String.valueOf(inner.getMessage())) + "); check proxy and clock", cause);
            }
        }
        IOException failure = cause instanceof IOException io ? io : new IOException(cause);
        boolean noConnection = cause instanceof ConnectException || cause instanceof HttpTimeoutException;
        return noConnection && !connectedOnce ? NetworkFailure.unreachable(host, failure)
                : NetworkFailure.broken(host, failure);
    }
}
