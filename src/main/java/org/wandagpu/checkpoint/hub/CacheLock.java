package org.wandagpu.checkpoint.hub;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.wandagpu.failure.InterruptedWorkException;

/**
 * The right to write one blob, among processes and threads. The system drops it when its holder dies; the lock file
 * stays, since deleting it would let two holders in.
 */
final class CacheLock implements AutoCloseable {

    private static final long POLL_MILLIS = 50;

    private final FileChannel channel;

    private CacheLock(FileChannel channel) {
        this.channel = channel;
    }

    /**
     * Waits for the right.
     *
     * @param file the lock file
     * @param atFirstWait run once if somebody else holds it
     */
    static CacheLock take(Path file, Runnable atFirstWait) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            if (!isTaken(channel)) {
                atFirstWait.run();
                while (!isTaken(channel)) {
                    Thread.sleep(POLL_MILLIS);
                }
            }
            return new CacheLock(channel);
        } catch (InterruptedException e) {
            channel.close();
            Thread.currentThread().interrupt();
            throw new InterruptedWorkException(file + ": interrupted while another process held it", e);
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    private static boolean isTaken(FileChannel channel) throws IOException {
        try {
            return channel.tryLock() != null;
        } catch (OverlappingFileLockException e) {
            // Another thread of this process holds it.
            return false;
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
