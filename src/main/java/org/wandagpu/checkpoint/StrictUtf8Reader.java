package org.wandagpu.checkpoint;

import java.io.IOException;
import java.io.Reader;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/**
 * Reads UTF-8 from a stretch of a channel and refuses what is not UTF-8, saying where. Overlong forms, surrogates and
 * other encodings are all refused; a byte order mark is passed on as the character it is.
 */
final class StrictUtf8Reader extends Reader {

    private static final int BUFFER_BYTES = 1 << 16;

    private final ReadableByteChannel channel;
    private final long firstByte;
    private final CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
    private final ByteBuffer bytes = ByteBuffer.allocate(BUFFER_BYTES).limit(0);
    private long unread;
    private long fetched;

    /**
     * @param channel read from where it stands; not closed
     * @param firstByte place of that byte in the file, for messages
     * @param count bytes to read
     */
    StrictUtf8Reader(ReadableByteChannel channel, long firstByte, long count) {
        this.channel = channel;
        this.firstByte = firstByte;
        this.unread = count;
    }

    /** A byte that does not belong to UTF-8 text. */
    static final class NotUtf8Exception extends IOException {
        private static final long serialVersionUID = 1L;

        private final long place;

        NotUtf8Exception(long place) {
            super("not UTF-8 at byte " + place);
            this.place = place;
        }

        /** Its place in the file. */
        long place() {
            return place;
        }
    }

    @Override
    public int read(char[] target, int offset, int length) throws IOException {
        CharBuffer characters = CharBuffer.wrap(target, offset, length);
        while (true) {
            CoderResult result = decoder.decode(bytes, characters, unread == 0);
            if (result.isError()) {
                throw new NotUtf8Exception(firstByte + fetched - bytes.remaining());
            }
            int count = characters.position();
            if (count > 0 || length == 0) {
                return count;
            }
            if (unread == 0) {
                return -1;
            }
            fetch();
        }
    }

    private void fetch() throws IOException {
        bytes.compact();
        bytes.limit((int) Math.min(bytes.capacity(), bytes.position() + unread));
        int count = channel.read(bytes);
        bytes.flip();
        if (count < 0) {
            unread = 0;
        } else {
            unread -= count;
            fetched += count;
        }
    }

    @Override
    public void close() {
    }
}
