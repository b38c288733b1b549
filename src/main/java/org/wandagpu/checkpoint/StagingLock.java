package org.wandagpu.checkpoint;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.wandagpu.failure.BadInputException;

/**
 * Keeps two runs out of one staging folder. The operating system's lock on a file in it dies with its owner, however
 * that ends, so no stale lock ever stands in the way.
 */
final class StagingLock implements AutoCloseable {

    /** Every staging folder has it from its first moment on. */
    static final String FILE_NAME = "wanda-gpu.lock";

    private final FileChannel channel;

    private StagingLock(FileChannel channel) {
        this.channel = channel;
    }

    /**
     * Takes the lock.
     *
     * @param place has the staging folder; the lock file is made if it is not there
     * @throws BadInputException if another run has it, or had it and finished just now
     */
    static StagingLock acquire(OutputPlace place) throws IOException {
        Path file = place.staging().resolve(FILE_NAME);
        FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            FileLock lock = tryLock(channel);
            // A run that ends deletes the folder while it holds the lock; a lock on a deleted file guards nothing.
            if (lock == null || !Files.exists(file)) {
                throw new BadInputException(place.staging() + ": another run is writing there; wait for it to end or"
                        + " choose another --output");
            }
            place.requireFree();
            return new StagingLock(channel);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private static FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            return null;
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
