package org.wandagpu.text;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.wandagpu.failure.BadInputException;
import org.wandagpu.failure.WorkFailedException;

/** UTF-8, strict where it is read and never failing where it is written. */
final class Utf8 {

    /** A file read as one text is tokenised in one call, which takes some hundred bytes of memory for each byte. */
    private static final long LONGEST_FILE = 1L << 30;

    private Utf8() {
    }

    /**
     * Reads a whole file.
     *
     * @throws BadInputException if it is no regular file, longer than 1 GiB, or not UTF-8
     */
    static String read(Path file) {
        try {
            if (!Files.isRegularFile(file)) {
                throw new BadInputException(file + ": no such file; give the path of a text file");
            }
            if (Files.size(file) > LONGEST_FILE) {
                throw new BadInputException(file + ": " + Files.size(file) + " bytes are too many for one text; "
                        + "cut it to 1 GiB, or give its parts as the documents of a .jsonl file");
            }
            return Files.readString(file);
        } catch (CharacterCodingException e) {
            throw new BadInputException(file + ": not UTF-8 at byte " + firstWrongByte(file)
                    + "; convert it to UTF-8", e);
        } catch (IOException e) {
            throw new WorkFailedException(file + ": cannot be read: " + Reason.of(e), e);
        }
    }

    private static int firstWrongByte(Path file) {
        try {
            return firstWrongByte(Files.readAllBytes(file));
        } catch (IOException e) {
            throw new WorkFailedException(file + ": cannot be read: " + Reason.of(e), e);
        }
    }

    /** Where bytes stop to be UTF-8: the offset of the first byte that is wrong, or their number if all is well. */
    static int firstWrongByte(byte[] bytes) {
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
        ByteBuffer input = ByteBuffer.wrap(bytes);
        CharBuffer output = CharBuffer.allocate(Math.clamp(bytes.length, 2, 8192));
        CoderResult result;
        do {
            output.clear();
            result = decoder.decode(input, output, true);
        } while (result.isOverflow());
        return input.position();
    }

    /** Encodes a text; a surrogate without its partner, which UTF-8 cannot hold, becomes U+FFFD. */
    static byte[] encode(String text) {
        try {
            ByteBuffer bytes = StandardCharsets.UTF_8.newEncoder()
                    .onMalformedInput(CodingErrorAction.REPLACE)
                    .replaceWith("\uFFFD".getBytes(StandardCharsets.UTF_8))
                    .encode(CharBuffer.wrap(text));
            byte[] result = new byte[bytes.remaining()];
            bytes.get(result);
            return result;
        } catch (CharacterCodingException e) {
            throw new IllegalStateException("replacing cannot fail", e);
        }
    }
}
