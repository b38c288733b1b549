package org.wandagpu.text;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/** SHA-256 of texts and of token ids, as result files give them: 64 lower-case hexadecimal digits. */
public final class Sha256 {

    private Sha256() {
    }

    /** Of a text's UTF-8 bytes. */
    public static String ofText(String text) {
        MessageDigest digest = newDigest();
        digest.update(Utf8.encode(text));
        return hex(digest);
    }

    /** Of the token ids of all samples in order, written in decimal and joined with commas. */
    public static String ofIds(List<int[]> samples) {
        MessageDigest digest = newDigest();
        String separator = "";
        for (int[] sample : samples) {
            for (int id : sample) {
                digest.update((separator + id).getBytes(StandardCharsets.US_ASCII));
                separator = ",";
            }
        }
        return hex(digest);
    }

    private static MessageDigest newDigest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    private static String hex(MessageDigest digest) {
        return HexFormat.of().formatHex(digest.digest());
    }
}
