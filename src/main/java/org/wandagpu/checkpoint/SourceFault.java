package org.wandagpu.checkpoint;

import org.wandagpu.failure.WorkFailedException;

/**
 * Names the file when a mapped checkpoint goes away under the reader. The operating system answers a read behind the
 * end of a shortened file with a signal, which Java turns into an {@link InternalError} without a word about the file.
 *
 * <p>Whoever runs work on a checkpoint wraps it once, at the top:
 * {@code catch (InternalError e) { throw SourceFault.translate(e, checkpoint); }}
 */
public final class SourceFault {

    private SourceFault() {
    }

    /**
     * The failure to show: a {@link WorkFailedException} that names the changed file if the error comes from reading
     * mapped memory.
     *
     * @param error thrown while tensors of the checkpoint were read
     * @throws InternalError the error itself if it has another cause
     */
    public static WorkFailedException translate(InternalError error, Checkpoint checkpoint) {
        String message = error.getMessage();
        if (message == null || !message.contains("unsafe memory access")) {
            throw error;
        }
        try {
            checkpoint.shards().forEach(SafetensorsFile::requireUnchanged);
        } catch (WorkFailedException e) {
            return new WorkFailedException(e.getMessage(), error);
        }
        return new WorkFailedException(checkpoint.where() + ": a weight file could not be read (the disk or the network"
                + " behind it failed); check it and run again", error);
    }
}
