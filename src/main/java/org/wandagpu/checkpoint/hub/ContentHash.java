package org.wandagpu.checkpoint.hub;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The hash by which the hub names a content: the SHA-256 of large files, and of the others the SHA-1 that git gives
 * them, which covers {@code "blob " + length + NUL} before the bytes.
 */
final class ContentHash {

    private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");
    private static final Pattern GIT_SHA1 = Pattern.compile("[0-9a-f]{40}");
    private static final int CHUNK = 1 << 20;

    private ContentHash() {
    }

    /** Whether a blob of this name can be checked. */
    static boolean isHash(String etag) {
        return SHA256.matcher(etag).matches() || GIT_SHA1.matcher(etag).matches();
    }

    /**
     * Compares a file with its name; a name that is no hash fits everything.
     *
     * @return what is wrong, or empty
     */
    static Optional<String> mismatch(Path file, String etag) throws IOException {
        if (!isHash(etag)) {
            return Optional.empty();
        }
        boolean git = GIT_SHA1.matcher(etag).matches();
        String found = git ? hash(file, "SHA-1", "blob " + Files.size(file) + "\0") : hash(file, "SHA-256", "");
        return found.equals(etag) ? Optional.empty()
                : Optional.of((git ? "git SHA-1 is " : "SHA-256 is ") + found + ", expected " + etag);
    }

    private static String hash(Path file, String algorithm, String before) throws IOException {
        MessageDigest digest;
        try {
            digest = MessageDigest.getInstance(algorithm);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has " + algorithm, e);
        }
        digest.update(before.getBytes(StandardCharsets.US_ASCII));
        byte[] chunk = new byte[CHUNK];
        try (InputStream content = Files.newInputStream(file)) {
            for (int count = content.read(chunk); count >= 0; count = content.read(chunk)) {
                digest.update(chunk, 0, count);
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }
}
