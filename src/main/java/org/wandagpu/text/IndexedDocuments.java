package org.wandagpu.text;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Arrays;
import java.util.Objects;
import java.util.function.Function;
import org.wandagpu.failure.WorkFailedException;

/** Documents that lie as byte ranges in one open file: 16 bytes of memory each, however long they are. */
final class IndexedDocuments implements Documents {

    /** The byte range of each document. */
    static final class Ranges {

        private long[] bounds = new long[1024];
        private int count;

        /** Adds the range of the next document: {@code [begin, end)}. */
        void add(long begin, long end) {
            if (2 * count == bounds.length) {
                bounds = Arrays.copyOf(bounds, Math.multiplyExact(2, bounds.length));
            }
            bounds[2 * count] = begin;
            bounds[2 * count + 1] = end;
            count++;
        }

        int count() {
            return count;
        }

        private long begin(int index) {
            return bounds[2 * index];
        }

        private int length(int index) {
            return Math.toIntExact(bounds[2 * index + 1] - bounds[2 * index]);
        }
    }

    private final String where;
    private final FileChannel channel;
    private final Ranges ranges;
    private final Function<byte[], String> decode;

    /**
     * @param where the file the documents come from
     * @param channel the file the ranges lie in; closed with this
     * @param decode makes the text from the bytes of a range
     */
    IndexedDocuments(String where, FileChannel channel, Ranges ranges, Function<byte[], String> decode) {
        this.where = where;
        this.channel = channel;
        this.ranges = ranges;
        this.decode = decode;
    }

    @Override
    public int count() {
        return ranges.count();
    }

    @Override
    public String text(int index) {
        Objects.checkIndex(index, count());
        ByteBuffer bytes = ByteBuffer.allocate(ranges.length(index));
        try {
            while (bytes.hasRemaining()) {
                if (channel.read(bytes, ranges.begin(index) + bytes.position()) < 0) {
                    throw new WorkFailedException(where + ": became shorter while it was read; start again");
                }
            }
        } catch (IOException e) {
            throw new WorkFailedException(where + ": cannot be read: " + Reason.of(e), e);
        }
        return decode.apply(bytes.array());
    }

    @Override
    public String where() {
        return where;
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new WorkFailedException(where + ": cannot be closed: " + Reason.of(e), e);
        }
    }
}
