package org.wandagpu.checkpoint.hub;

import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.OptionalLong;
import org.wandagpu.failure.WorkFailedException;

/**
 * One file's way from the hub into its temporary file: goes on where an earlier run or attempt ended, and is not done
 * until size and hash are those that the hub announced.
 */
final class Transfer {

    private static final int CHUNK = 1 << 18;

    private final HubRequests requests;
    private final DownloadListener listener;
    private final Repository repository;
    private final String file;
    private final FileMetadata metadata;
    private final Path target;
    private final Retries retries;
    private URI location;
    private long most;

    /**
     * @param repository at the commit of the metadata
     * @param target the temporary file; may hold the beginning already
     */
    Transfer(HubRequests requests, DownloadListener listener, Repository repository, String file,
            FileMetadata metadata, Path target) {
        this.requests = requests;
        this.listener = listener;
        this.repository = repository;
        this.file = file;
        this.metadata = metadata;
        this.target = target;
        this.retries = requests.counting(file + " of " + repository, Retries.USUAL);
        this.location = metadata.location();
    }

    /**
     * Fetches what is missing. Wrong content is deleted and fetched once more.
     *
     * @throws WorkFailedException if it is wrong again, the network fails for good, or the disk does
     */
    void run() {
        listener.begin(file, metadata.size());
        try {
            try {
                fetch();
            } catch (WrongContent first) {
                startAgain();
                listener.notice(file + " of " + repository + ": " + first.getMessage() + "; fetching it again");
                fetchOnceMore();
            }
        } finally {
            listener.end();
        }
    }

    private void fetchOnceMore() {
        try {
            fetch();
        } catch (WrongContent second) {
            startAgain();
            throw new WorkFailedException(file + " of " + repository + ": wrong content twice ("
                    + second.getMessage() + "), deleted; check proxy and HF_ENDPOINT, or try later", second);
        }
    }

    private void fetch() throws WrongContent {
        long have = existing();
        listener.advance(have);
        if (metadata.size() >= 0 && have > metadata.size()) {
            throw new WrongContent("a temporary file of " + have + " bytes for one of " + metadata.size());
        }
        boolean whole = have == metadata.size();
        while (!whole) {
            try {
                receive(existing());
                whole = true;
            } catch (NetworkFailure e) {
                retries.failed(e);
                // The address of before may be signed for a time that is over.
                location = requests.resolve(repository, file);
            }
        }
        checkHash();
    }

    private void receive(long from) throws NetworkFailure, WrongContent {
        try (Answer answer = requests.open(location, from, repository, file)) {
            long start = start(answer, from);
            listener.advance(start - from);
            try (FileChannel channel = open(start)) {
                copy(answer, channel, start);
                channel.force(true);
            } catch (NetworkFailure e) {
                throw e;
            } catch (IOException e) {
                throw DiskFailure.writing(target, e);
            }
        }
    }

    /** Where the answer's bytes belong: a server that does not know ranges sends the whole file again. */
    private long start(Answer answer, long from) throws WrongContent {
        if (answer.status() == 416) {
            throw new WrongContent("nothing at byte " + from);
        }
        long start = answer.status() == 206 ? from : 0;
        String range = answer.header("Content-Range").orElse("");
        if (answer.status() == 206 && !range.startsWith("bytes " + from + "-")) {
            throw new WrongContent("asked for bytes from " + from + ", got " + Text.oneLine(range));
        }
        OptionalLong length = answer.length("Content-Length");
        if (metadata.size() >= 0 && length.isPresent() && start + length.getAsLong() != metadata.size()) {
            throw new WrongContent((answer.isWebPage() ? "a web page of " : "") + (start + length.getAsLong())
                    + " bytes instead of " + metadata.size());
        }
        return start;
    }

    private FileChannel open(long start) throws IOException {
        FileChannel channel = FileChannel.open(target, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        if (channel.size() > start) {
            channel.truncate(start);
        }
        return channel.position(start);
    }

    private void copy(Answer answer, FileChannel channel, long start) throws IOException, WrongContent {
        byte[] chunk = new byte[CHUNK];
        long at = start;
        for (int count = read(answer, chunk); count >= 0; count = read(answer, chunk)) {
            if (metadata.size() >= 0 && at + count > metadata.size()) {
                throw new WrongContent("more than " + metadata.size() + " bytes");
            }
            ByteBuffer bytes = ByteBuffer.wrap(chunk, 0, count);
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            at += count;
            listener.advance(count);
            if (at > most) {
                // Only bytes that were never there before count: else a server without ranges is asked for ever.
                most = at;
                retries.progressed();
            }
        }
        if (metadata.size() >= 0 && at < metadata.size()) {
            boolean complete = answer.header("Transfer-Encoding").isPresent();
            String what = (answer.isWebPage() ? "a web page of " : "") + at + " bytes instead of " + metadata.size();
            if (complete) {
                throw new WrongContent(what);
            }
            throw broken(answer, new IOException(what));
        }
    }

    private static int read(Answer answer, byte[] chunk) throws NetworkFailure {
        try {
            return answer.body().read(chunk);
        } catch (IOException e) {
            throw broken(answer, e);
        }
    }

    private static NetworkFailure broken(Answer answer, IOException cause) {
        return NetworkFailure.broken(HubSettings.hostOf(answer.uri()), cause);
    }

    private void checkHash() throws WrongContent {
        Optional<String> fault;
        try {
            fault = ContentHash.mismatch(target, metadata.etag());
        } catch (IOException e) {
            throw DiskFailure.writing(target, e);
        }
        if (fault.isPresent()) {
            throw new WrongContent(fault.get());
        }
    }

    private long existing() {
        try {
            if (!Files.exists(target)) {
                Files.createFile(target);
            }
            return Files.size(target);
        } catch (IOException e) {
            throw DiskFailure.writing(target, e);
        }
    }

    private void startAgain() {
        listener.advance(-existing());
        try {
            Files.delete(target);
        } catch (IOException e) {
            throw DiskFailure.writing(target, e);
        }
        most = 0;
        location = requests.resolve(repository, file);
    }
}
