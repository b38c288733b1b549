package org.wandagpu.checkpoint.hub;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Brings files into the cache, each once, whoever else wants it at the same time. */
record Download(HubRequests requests, RepositoryCache cache, DownloadListener listener) {

    /**
     * Fetches a file's content unless the cache holds it, and makes it a file of its commit's snapshot.
     *
     * @return the snapshot's file
     */
    Path fetch(Repository repository, String file, FileMetadata metadata) {
        try {
            cache.prepare();
            try (CacheLock _ = CacheLock.take(cache.lock(metadata.etag()), () -> listener.notice(
                    file + " of " + repository + ": another process is fetching it; waiting"))) {
                // Whoever held the lock before may have done the work.
                Optional<Path> done = cache.find(metadata.commit(), file);
                return done.isPresent() ? done.get() : fetchLocked(repository, file, metadata);
            }
        } catch (IOException e) {
            throw DiskFailure.writing(cache.blob(metadata.etag()), e);
        }
    }

    private Path fetchLocked(Repository repository, String file, FileMetadata metadata) throws IOException {
        String etag = metadata.etag();
        boolean fresh = !isWhole(cache.blob(etag), metadata.size());
        if (fresh) {
            new Transfer(requests, listener, repository.at(metadata.commit()), file, metadata, cache.incomplete(etag))
                    .run();
            cache.keep(etag);
        }
        return cache.link(metadata.commit(), file, etag, fresh);
    }

    /** Whether another commit or tool has left the blob; a shortened one is fetched anew. */
    private static boolean isWhole(Path blob, long size) throws IOException {
        return Files.isRegularFile(blob) && (size < 0 || Files.size(blob) == size);
    }
}
