package org.wandagpu.checkpoint;

import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.FileSystems;
import java.nio.file.Path;

/** A file's bytes as memory: mapped where the operating system has the file, read where it lies inside a jar. */
final class FileMemory {

    /** Segments become buffers piece by piece, because a buffer ends at 2 GiB. */
    private static final int PIECE_BYTES = 1 << 23;

    private FileMemory() {
    }

    /**
     * All bytes of a file, read-only.
     *
     * @param channel the open file
     * @param byteSize its length; a file that has become shorter since ends as an exception
     * @param arena owner of the memory
     */
    static MemorySegment of(Path file, SeekableByteChannel channel, long byteSize, Arena arena)
            throws IOException {
        if (channel instanceof FileChannel mappable && file.getFileSystem() == FileSystems.getDefault()) {
            return mappable.map(MapMode.READ_ONLY, 0, byteSize, arena);
        }
        MemorySegment memory = arena.allocate(byteSize);
        channel.position(0);
        for (long done = 0; done < memory.byteSize(); ) {
            ByteBuffer piece = memory.asSlice(done, Math.min(PIECE_BYTES, memory.byteSize() - done)).asByteBuffer();
            int count = channel.read(piece);
            if (count < 0) {
                throw new EOFException("ended at byte " + done);
            }
            done += count;
        }
        return memory.asReadOnly();
    }
}
