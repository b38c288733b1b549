package org.wandagpu.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Writes that outlive a power cut. Files get the permissions of the process's umask, never those of a source. */
final class Durable {

    private static final int PIECE_BYTES = 1 << 16;

    private Durable() {
    }

    /** Makes a file of bytes, over an earlier one if there is any. */
    static void write(Path file, byte[] content) throws IOException {
        try (FileChannel target = create(file)) {
            writeAll(target, ByteBuffer.wrap(content));
            target.force(true);
        }
    }

    /** Copies a file's bytes, over an earlier one if there is any. */
    static void copy(Path from, Path to) throws IOException {
        try (SeekableByteChannel source = Files.newByteChannel(from); FileChannel target = create(to)) {
            ByteBuffer piece = ByteBuffer.allocate(PIECE_BYTES);
            while (source.read(piece.clear()) >= 0) {
                writeAll(target, piece.flip());
            }
            target.force(true);
        }
    }

    private static FileChannel create(Path file) throws IOException {
        return FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.WRITE);
    }

    private static void writeAll(FileChannel target, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            target.write(bytes);
        }
    }

    /** Makes names in a folder durable: files made in it, renamed into it or deleted from it. */
    static void force(Path folder) {
        try (FileChannel names = FileChannel.open(folder, StandardOpenOption.READ)) {
            names.force(true);
        } catch (IOException e) {
            // Some systems do not open folders; there the names become durable when the system likes.
        }
    }
}
