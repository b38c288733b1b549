package org.wandagpu.schedule;

import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;
import org.wandagpu.checkpoint.StagedCheckpoint;
import org.wandagpu.checkpoint.WriteFault;

/**
 * The hidden states that stand between two blocks, kept for resuming. Two files take turns, so that the one the journal
 * relies on is never the one being written.
 */
final class HiddenStateFiles {

    private static final int PIECE_BYTES = 1 << 20;

    private final StagedCheckpoint staged;

    HiddenStateFiles(StagedCheckpoint staged) {
        this.staged = staged;
    }

    private Path file(int block) {
        return staged.workFile("hidden-" + block % 2);
    }

    /**
     * Saves the states that leave a block and makes them durable.
     *
     * @return CRC-32C of their bytes
     */
    long save(int block, HiddenStates hidden) {
        Path file = file(block);
        CRC32C crc = new CRC32C();
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            Pieces.forEach(hidden.rows(), hidden.rowBytes(), (first, _, offset, buffer) -> {
                hidden.read(first, buffer);
                crc.update(buffer.asByteBuffer());
                write(channel, offset, buffer.asByteBuffer());
            });
            channel.truncate(hidden.byteSize());
            channel.force(false);
            return crc.getValue();
        } catch (UncheckedIOException e) {
            throw WriteFault.translate(file, e.getCause());
        } catch (IOException e) {
            throw WriteFault.translate(file, e);
        }
    }

    private static void write(FileChannel channel, long offset, ByteBuffer bytes) {
        try {
            while (bytes.hasRemaining()) {
                channel.write(bytes, offset + bytes.position());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** CRC-32C of what is saved of a block, or −1 if nothing is. */
    long checksum(int block) {
        Path file = file(block);
        if (!Files.exists(file)) {
            return -1;
        }
        CRC32C crc = new CRC32C();
        ByteBuffer piece = ByteBuffer.allocate(PIECE_BYTES);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            while (channel.read(piece.clear()) >= 0) {
                crc.update(piece.flip());
            }
            return crc.getValue();
        } catch (IOException e) {
            throw WriteFault.translate(file, e);
        }
    }

    /** Sets the states to those that were saved of a block. */
    void restore(int block, HiddenStates hidden) {
        Path file = file(block);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            Pieces.forEach(hidden.rows(), hidden.rowBytes(), (first, _, offset, buffer) -> {
                read(channel, offset, buffer);
                hidden.write(first, buffer);
            });
        } catch (UncheckedIOException e) {
            throw WriteFault.translate(file, e.getCause());
        } catch (IOException e) {
            throw WriteFault.translate(file, e);
        }
    }

    private static void read(FileChannel channel, long offset, MemorySegment buffer) {
        ByteBuffer bytes = buffer.asByteBuffer();
        try {
            while (bytes.hasRemaining()) {
                if (channel.read(bytes, offset + bytes.position()) < 0) {
                    throw new EOFException("ended at byte " + (offset + bytes.position()));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
