package org.wandagpu.checkpoint.hub;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A hub on loopback: repositories, the list of files, small files given at once, large ones from a store on another
 * port, which is another host as far as tokens are concerned. What a test wants to go wrong, it says by a rule.
 */
final class FakeHub implements AutoCloseable {

    private static final Pattern LISTING = Pattern.compile("/api/(models|datasets)/(.+)/revision/([^/]+)");
    private static final Pattern RESOLVE = Pattern.compile("/(datasets/)?(.+)/resolve/([^/]+)/(.+)");

    /** A request as it came in. */
    record Seen(String server, String method, String path, Map<String, String> headers) {

        String header(String name) {
            return headers.get(name.toLowerCase(java.util.Locale.ROOT));
        }

        @Override
        public String toString() {
            return server + " " + method + " " + path;
        }
    }

    /** Something that goes wrong. */
    interface Rule {
        /** Answers a request in its own way, or leaves it to the server. */
        boolean handles(HttpExchange exchange, Seen request) throws IOException;
    }

    private final HttpServer hub = server("hub");
    private final HttpServer store = server("store");
    private final Map<String, FakeRepository> repositories = new ConcurrentHashMap<>();
    private final List<Seen> requests = new CopyOnWriteArrayList<>();
    private volatile Rule rule = (exchange, request) -> false;

    FakeRepository model(String name) {
        return repositories.computeIfAbsent("models/" + name, key -> new FakeRepository());
    }

    FakeRepository dataset(String name) {
        return repositories.computeIfAbsent("datasets/" + name, key -> new FakeRepository());
    }

    void when(Rule newRule) {
        rule = newRule;
    }

    /** What was asked, in order. */
    List<Seen> requests() {
        return List.copyOf(requests);
    }

    /** What was asked of one server by one method. */
    List<Seen> requests(String server, String method) {
        return requests.stream().filter(seen -> seen.server.equals(server) && seen.method.equals(method)).toList();
    }

    void forgetRequests() {
        requests.clear();
    }

    String host() {
        return "127.0.0.1:" + hub.getAddress().getPort();
    }

    String storeHost() {
        return "127.0.0.1:" + store.getAddress().getPort();
    }

    /** Variables that lead to this hub and a cache, and others as {@code NAME=VALUE}. */
    Map<String, String> environment(Path cache, String... more) {
        Map<String, String> variables = new HashMap<>(Map.of("HF_ENDPOINT", "http://" + host(),
                "HF_HUB_CACHE", cache.toString(), "HF_HOME", cache.resolve("home").toString()));
        for (String variable : more) {
            variables.put(variable.split("=")[0], variable.split("=", 2)[1]);
        }
        return variables;
    }

    private HttpServer server(String name) {
        try {
            HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), 0);
            server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
            server.createContext("/", exchange -> {
                try (exchange) {
                    serve(name, exchange);
                }
            });
            server.start();
            return server;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private void serve(String server, HttpExchange exchange) throws IOException {
        Map<String, String> headers = exchange.getRequestHeaders().entrySet().stream().collect(Collectors.toMap(
                entry -> entry.getKey().toLowerCase(java.util.Locale.ROOT), entry -> entry.getValue().getFirst()));
        String path = exchange.getRequestURI().getRawPath();
        Seen request = new Seen(server, exchange.getRequestMethod(), path, headers);
        requests.add(request);
        if (rule.handles(exchange, request)) {
            return;
        }
        Matcher listing = LISTING.matcher(path);
        Matcher resolve = RESOLVE.matcher(path);
        if (server.equals("store")) {
            send(exchange, content(path.substring(path.lastIndexOf('/') + 1)));
        } else if (listing.matches()) {
            list(exchange, listing);
        } else if (resolve.matches()) {
            resolve(exchange, resolve);
        } else {
            refuse(exchange, 404, "");
        }
    }

    private void list(HttpExchange exchange, Matcher path) throws IOException {
        FakeRepository repository = repositories.get(path.group(1) + "/" + path.group(2));
        String commit = repository == null ? null : repository.commit(decode(path.group(3)));
        if (commit == null) {
            refuse(exchange, 404, repository == null ? "RepoNotFound" : "RevisionNotFound");
        } else {
            send(exchange, repository.listing(commit).getBytes(StandardCharsets.UTF_8));
        }
    }

    private void resolve(HttpExchange exchange, Matcher path) throws IOException {
        FakeRepository repository = repositories.get((path.group(1) == null ? "models/" : "datasets/") + path.group(2));
        String commit = repository == null ? null : repository.commit(decode(path.group(3)));
        if (commit == null) {
            refuse(exchange, 404, repository == null ? "RepoNotFound" : "RevisionNotFound");
            return;
        }
        exchange.getResponseHeaders().set("X-Repo-Commit", commit);
        byte[] content = repository.file(decode(path.group(4)));
        if (content == null) {
            refuse(exchange, 404, "EntryNotFound");
        } else if (repository.isLarge(decode(path.group(4)))) {
            String hash = FakeRepository.sha256(content);
            exchange.getResponseHeaders().set("X-Linked-Etag", "\"" + hash + "\"");
            exchange.getResponseHeaders().set("X-Linked-Size", String.valueOf(content.length));
            exchange.getResponseHeaders().set("ETag", "\"of-the-redirect\"");
            redirect(exchange, "http://" + storeHost() + "/blob/" + hash + "?Signature=sealed");
        } else {
            exchange.getResponseHeaders().set("ETag", "W/\"" + FakeRepository.gitSha1(content) + "\"");
            send(exchange, content);
        }
    }

    private byte[] content(String hash) {
        return repositories.values().stream().flatMap(repository -> repository.contents().stream())
                .filter(bytes -> FakeRepository.sha256(bytes).equals(hash)).findFirst().orElseThrow();
    }

    /** Sends a content or the range of it that was asked for. */
    static void send(HttpExchange exchange, byte[] content) throws IOException {
        send(exchange, content, content.length);
    }

    /** The same, but cuts the connection after so many bytes. */
    static void send(HttpExchange exchange, byte[] content, int atMost) throws IOException {
        String range = exchange.getRequestHeaders().getFirst("Range");
        int from = range == null ? 0 : Integer.parseInt(range.replaceAll("\\D", ""));
        if (from > 0 && from >= content.length) {
            refuse(exchange, 416, "");
            return;
        }
        if (range != null) {
            exchange.getResponseHeaders().set("Content-Range",
                    "bytes " + from + "-" + (content.length - 1) + "/" + content.length);
        }
        boolean head = exchange.getRequestMethod().equals("HEAD");
        if (head) {
            exchange.getResponseHeaders().set("Content-Length", String.valueOf(content.length));
        }
        boolean empty = head || content.length == 0;
        exchange.sendResponseHeaders(range == null ? 200 : 206, empty ? -1 : content.length - from);
        if (!empty) {
            exchange.getResponseBody().write(content, from, Math.min(atMost, content.length - from));
            exchange.getResponseBody().flush();
        }
    }

    static void redirect(HttpExchange exchange, String location) throws IOException {
        exchange.getResponseHeaders().set("Location", location);
        exchange.sendResponseHeaders(302, -1);
    }

    /** Refuses with a status and the hub's code for the reason. */
    static boolean refuse(HttpExchange exchange, int status, String code, String... headers) throws IOException {
        if (!code.isEmpty()) {
            exchange.getResponseHeaders().set("X-Error-Code", code);
        }
        Arrays.stream(headers).forEach(header -> exchange.getResponseHeaders()
                .set(header.split(": ")[0], header.split(": ")[1]));
        exchange.sendResponseHeaders(status, -1);
        return true;
    }

    private static String decode(String text) {
        return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        hub.stop(0);
        store.stop(0);
    }
}
