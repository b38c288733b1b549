package org.wandagpu.checkpoint;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.zip.CRC32C;
import org.wandagpu.failure.WorkFailedException;

/**
 * The weight files of the staging folder, written piece by piece at their places. Written through channels and not
 * through a mapping, because a full disk must end as an exception and not as a signal. Owns the open channels.
 */
final class StagedShards implements AutoCloseable {

    /** Bytes handed to the system at once. */
    private static final int PIECE_BYTES = 1 << 23;

    private final Path folder;
    private final Map<Path, FileChannel> channels = new LinkedHashMap<>();
    private final Set<Path> dirty = new LinkedHashSet<>();

    /** @param folder where the files are or will be */
    StagedShards(Path folder) {
        this.folder = folder;
    }

    private Path file(OutputShard shard) {
        return folder.resolve(shard.fileName());
    }

    private FileChannel channel(Path file) throws IOException {
        FileChannel channel = channels.get(file);
        if (channel == null) {
            channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ,
                    StandardOpenOption.WRITE);
            channels.put(file, channel);
        }
        return channel;
    }

    /** Writes bytes of a tensor from {@code offset} on. */
    void write(ShardPlan.Place place, long offset, MemorySegment bytes) {
        Path file = file(place.shard());
        try {
            FileChannel channel = channel(file);
            dirty.add(file);
            for (long done = 0; done < bytes.byteSize(); ) {
                ByteBuffer piece = piece(bytes, done);
                while (piece.hasRemaining()) {
                    done += channel.write(piece, place.begin() + offset + done);
                }
            }
        } catch (IOException e) {
            throw WriteFault.translate(file, e);
        }
    }

    private static ByteBuffer piece(MemorySegment bytes, long from) {
        return bytes.asSlice(from, Math.min(PIECE_BYTES, bytes.byteSize() - from)).asByteBuffer();
    }

    /** CRC-32C of what the file holds at a tensor's place, or −1 if the file ends before it. */
    long checksum(ShardPlan.Place place) {
        Path file = file(place.shard());
        CRC32C crc = new CRC32C();
        ByteBuffer buffer = ByteBuffer.allocate((int) Math.min(PIECE_BYTES, place.bytes()));
        try {
            FileChannel channel = channel(file);
            for (long done = 0; done < place.bytes(); ) {
                buffer.clear().limit((int) Math.min(buffer.capacity(), place.bytes() - done));
                int count = channel.read(buffer, place.begin() + done);
                if (count < 0) {
                    return -1;
                }
                crc.update(buffer.flip());
                done += count;
            }
            return crc.getValue();
        } catch (IOException e) {
            throw WriteFault.translate(file, e);
        }
    }

    /** Makes everything written so far durable. */
    void force() {
        for (Path file : dirty) {
            try {
                channel(file).force(false);
            } catch (IOException e) {
                throw WriteFault.translate(file, e);
            }
        }
        dirty.clear();
    }

    /** Writes what does not come from the run: headers, tensors that are not pruned; and fixes the length. */
    void complete(OutputShard shard) {
        Path file = file(shard);
        try {
            FileChannel channel = channel(file);
            dirty.add(file);
            ByteBuffer header = ByteBuffer.wrap(shard.header());
            while (header.hasRemaining()) {
                channel.write(header, header.position());
            }
            for (OutputShard.Piece piece : shard.pieces()) {
                copy(piece, channel);
            }
            channel.truncate(shard.byteSize());
        } catch (IOException e) {
            throw WriteFault.translate(file, e);
        }
    }

    private static void copy(OutputShard.Piece piece, FileChannel target) throws IOException {
        target.position(piece.to());
        for (long done = 0; done < piece.bytes(); ) {
            long from = piece.from() + done;
            long count = copySome(piece.source().channel(), from, Math.min(PIECE_BYTES, piece.bytes() - done), target);
            if (count <= 0) {
                throw new WorkFailedException(piece.source().path() + ": ends at byte " + from + " now, it was cut"
                        + " while it was being read; put the original back and run again with --resume");
            }
            done += count;
        }
    }

    /** Copies within the system where the source is a file of the system's, else through memory. */
    private static long copySome(SeekableByteChannel source, long from, long bytes, FileChannel target)
            throws IOException {
        if (source instanceof FileChannel file) {
            return file.transferTo(from, bytes, target);
        }
        ByteBuffer buffer = ByteBuffer.allocate((int) bytes);
        int count = source.position(from).read(buffer);
        buffer.flip();
        while (buffer.hasRemaining()) {
            target.write(buffer);
        }
        return count;
    }

    /** Closes all files. */
    @Override
    public void close() {
        for (Map.Entry<Path, FileChannel> open : channels.entrySet()) {
            try {
                open.getValue().close();
            } catch (IOException e) {
                throw WriteFault.translate(open.getKey(), e);
            }
        }
        channels.clear();
    }
}
