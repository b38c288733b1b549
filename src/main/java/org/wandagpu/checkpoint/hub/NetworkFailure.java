package org.wandagpu.checkpoint.hub;

import java.io.IOException;
import java.net.ConnectException;
import java.nio.channels.UnresolvedAddressException;
import java.util.Optional;

/** An exchange that failed in a way that may be over at the next attempt. */
final class NetworkFailure extends IOException {

    private static final long serialVersionUID = 1L;

    private final String retryAfter;
    private final boolean unreachable;

    private NetworkFailure(String what, String retryAfter, boolean unreachable, Throwable cause) {
        super(what, cause);
        this.retryAfter = retryAfter;
        this.unreachable = unreachable;
    }

    /**
     * The server asked for patience.
     *
     * @param what the answer in words
     * @param retryAfter its {@code Retry-After} header, if any
     */
    static NetworkFailure busy(String what, Optional<String> retryAfter) {
        return new NetworkFailure(what, retryAfter.orElse(null), false, null);
    }

    /** A connection that broke or stalled. */
    static NetworkFailure broken(String host, IOException cause) {
        return new NetworkFailure("connection to " + host + " broke: " + describe(cause), null, false, cause);
    }

    /** A host to which there has been no connection yet. */
    static NetworkFailure unreachable(String host, IOException cause) {
        return new NetworkFailure(host + " cannot be reached: " + describe(cause), null, true, cause);
    }

    private static String describe(IOException failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof UnresolvedAddressException) {
                return "no such host";
            }
        }
        if (failure instanceof ConnectException && failure.getMessage() == null) {
            return "no connection";
        }
        String message = failure.getMessage();
        return message == null ? failure.getClass().getSimpleName() : Text.oneLine(message);
    }

    /** The {@code Retry-After} header: seconds or a date. */
    Optional<String> retryAfter() {
        return Optional.ofNullable(retryAfter);
    }

    /** Whether nothing was ever heard of the host: then there is most likely no network at all. */
    boolean isUnreachable() {
        return unreachable;
    }
}
