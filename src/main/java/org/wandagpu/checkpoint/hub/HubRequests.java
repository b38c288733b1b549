package org.wandagpu.checkpoint.hub;

import java.io.IOException;
import java.net.URI;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.wandagpu.failure.WandaException;
import org.wandagpu.failure.WorkFailedException;

/** The hub's requests: what a repository holds, what a file is, and its content. */
final class HubRequests {

    private static final int LONGEST_LISTING = 100_000_000;
    // A blob is named by its ETag, so nothing that means something to a file system may come in.
    private static final Pattern ETAG = Pattern.compile("[\\w\\-][\\w\\-.+=]{0,199}");

    private final HubSettings settings;
    private final Transport transport;
    private final HubErrors errors;
    private final Pauses pauses;
    private final DownloadListener listener;

    HubRequests(HubSettings settings, Pauses pauses, DownloadListener listener) {
        this.settings = settings;
        this.transport = new Transport(settings);
        this.errors = new HubErrors(settings);
        this.pauses = pauses;
        this.listener = listener;
    }

    /** How often to repeat a request: not at all where the cache has an answer of its own. */
    static int retries(boolean cached) {
        return cached ? 0 : Retries.USUAL;
    }

    /** A count of failures for a piece of work. */
    Retries counting(String what, int limit) {
        return new Retries(what, limit, pauses, listener);
    }

    /**
     * The repository's commit and files.
     *
     * @throws WorkFailedException if the hub cannot be reached
     */
    Listing list(Repository repository, int limit) {
        URI uri = address(repository.listing());
        return retrying("list of files of " + repository, limit, () -> {
            try (Answer answer = transport.get(uri, 0)) {
                errors.check(answer, repository, Optional.empty());
                return Listing.read(answer.body().readNBytes(LONGEST_LISTING))
                        .orElseThrow(() -> notAHub(answer, "a list of files"));
            }
        });
    }

    /**
     * What a file is at the repository's revision.
     *
     * @param absentAt is told the commit if the hub is sure that the file is not in it
     * @throws WorkFailedException if the hub cannot be reached
     */
    FileMetadata metadata(Repository repository, String file, int limit, Consumer<String> absentAt) {
        URI uri = address(repository.resolve(file));
        return retrying(file + " of " + repository, limit, () -> {
            try (Answer answer = transport.head(uri)) {
                if (answer.header("X-Error-Code").filter("EntryNotFound"::equals).isPresent()) {
                    answer.header("X-Repo-Commit").filter(Repository::isCommit).ifPresent(absentAt);
                }
                errors.check(answer, repository, Optional.of(file));
                return read(answer, repository);
            }
        });
    }

    private FileMetadata read(Answer answer, Repository repository) {
        String commit = answer.header("X-Repo-Commit").filter(Repository::isCommit)
                .orElseThrow(() -> notAHub(answer, "a commit hash"));
        if (repository.isCommit() && !commit.equals(repository.revision())) {
            throw new WorkFailedException(settings.host() + ": answers with commit " + commit + " for " + repository
                    + "; try later, or correct HF_ENDPOINT");
        }
        String etag = answer.header("X-Linked-Etag").or(() -> answer.header("ETag"))
                .map(text -> text.replaceFirst("^W/", "").replace("\"", "")).filter(ETAG.asMatchPredicate())
                .orElseThrow(() -> notAHub(answer, "an ETag"));
        OptionalLong linked = answer.length("X-Linked-Size");
        // A redirect's own length is that of a short text about the redirect.
        OptionalLong size = linked.isPresent() || answer.isRedirect() ? linked : answer.length("Content-Length");
        return new FileMetadata(commit, etag, size.orElse(FileMetadata.UNKNOWN_SIZE), locationOf(answer));
    }

    private static URI locationOf(Answer answer) {
        return answer.isRedirect() ? answer.uri().resolve(answer.header("Location").orElseThrow()) : answer.uri();
    }

    private WandaException notAHub(Answer answer, String missing) {
        String instead = "";
        if (answer.isRedirect()) {
            instead = " but with a redirect to " + HubSettings.hostOf(locationOf(answer));
        } else if (answer.isWebPage()) {
            instead = " but with a web page, as a network's login page";
        }
        return new WorkFailedException(settings.host() + ": answers without " + missing + instead
                + ", so it is no hub; check the network and HF_ENDPOINT");
    }

    /** Where a file's content is, asked for anew: a signed address of before may have run out. */
    URI resolve(Repository repository, String file) {
        return address(repository.resolve(file));
    }

    /**
     * A file's content from a position on.
     *
     * @return an answer of status 200, 206 or 416 (nothing at that position), to be closed
     */
    Answer open(URI location, long from, Repository repository, String file) throws NetworkFailure {
        Answer answer = transport.get(location, from);
        if (answer.status() == 200 || answer.status() == 206 || answer.status() == 416) {
            return answer;
        }
        try (answer) {
            if (settings.isHub(answer.uri())) {
                errors.check(answer, repository, Optional.of(file));
            }
            throw NetworkFailure.busy(HubSettings.hostOf(answer.uri()) + " answers with status " + answer.status(),
                    answer.header("Retry-After"));
        }
    }

    private URI address(String path) {
        return URI.create(settings.endpoint() + path);
    }

    private <T> T retrying(String what, int limit, Exchange<T> exchange) {
        Retries retries = counting(what, limit);
        while (true) {
            try {
                return exchange.run();
            } catch (NetworkFailure e) {
                retries.failed(e);
            } catch (IOException e) {
                retries.failed(NetworkFailure.broken(settings.host(), e));
            }
        }
    }

    /** A request and the reading of its answer. */
    private interface Exchange<T> {
        T run() throws IOException;
    }
}
