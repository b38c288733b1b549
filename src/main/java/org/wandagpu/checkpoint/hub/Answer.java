package org.wandagpu.checkpoint.hub;

import java.net.URI;
import java.net.http.HttpHeaders;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The answer to one request.
 *
 * @param uri the address that gave it
 * @param status HTTP status
 * @param headers its headers
 * @param body what follows, not yet read
 */
record Answer(URI uri, int status, HttpHeaders headers, TimedBody body) implements AutoCloseable {

    Optional<String> header(String name) {
        return headers.firstValue(name);
    }

    /** A header that is a length: absent if it is missing or no number. */
    OptionalLong length(String name) {
        return header(name).filter(text -> text.matches("\\d{1,18}")).map(Long::parseLong)
                .map(OptionalLong::of).orElseGet(OptionalLong::empty);
    }

    boolean isRedirect() {
        return switch (status) {
            case 301, 302, 303, 307, 308 -> header("Location").isPresent();
            default -> false;
        };
    }

    boolean isWebPage() {
        return header("Content-Type").filter(type -> type.startsWith("text/html")).isPresent();
    }

    @Override
    public void close() {
        body.close();
    }
}
