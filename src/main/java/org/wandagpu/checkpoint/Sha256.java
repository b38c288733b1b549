package org.wandagpu.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.wandagpu.failure.WorkFailedException;

/**
 * SHA-256 in lower-case hexadecimal. Files are read in pieces rather than through their mapping, whose pages would
 * count as the program's memory.
 */
final class Sha256 {

    private static final int PIECE_BYTES = 1 << 20;

    private Sha256() {
    }

    static String of(String text) {
        return HexFormat.of().formatHex(digest().digest(text.getBytes(StandardCharsets.UTF_8)));
    }

    /** @throws WorkFailedException if the file cannot be read any more */
    static String of(SafetensorsFile file) {
        MessageDigest digest = digest();
        ByteBuffer piece = ByteBuffer.allocate(PIECE_BYTES);
        try (SeekableByteChannel channel = Files.newByteChannel(file.path())) {
            while (channel.read(piece.clear()) >= 0) {
                digest.update(piece.flip());
            }
        } catch (IOException e) {
            throw new WorkFailedException(file.path() + ": cannot be read any more (" + Shown.reason(e)
                    + "); put it back and run again", e);
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
