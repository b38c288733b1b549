package org.wandagpu.checkpoint;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Collections;
import java.util.Map;
import org.wandagpu.failure.WorkFailedException;
import org.wandagpu.tensor.HostTensor;

/**
 * One safetensors file, whole and checked. Of a file on disk the elements are mapped, not read; of a file inside a jar
 * they are read into native memory.
 *
 * <p>The file owns that memory: tensors are read-only views of it, valid until {@link #close()}. It may be used by any
 * number of threads. When somebody shortens the file on disk meanwhile, reading a tensor throws {@link InternalError};
 * see {@link SourceFault}.
 */
public final class SafetensorsFile implements AutoCloseable {

    private final Path path;
    private final SeekableByteChannel channel;
    private final Arena arena;
    private final FileTime modified;
    private final long headerBytes;
    private final HeaderReader.Header header;
    private final MemorySegment memory;

    private SafetensorsFile(Path path, SeekableByteChannel channel, Arena arena, FileTime modified, long headerBytes,
            HeaderReader.Header header, MemorySegment memory) {
        this.path = path;
        this.channel = channel;
        this.arena = arena;
        this.modified = modified;
        this.headerBytes = headerBytes;
        this.header = header;
        this.memory = memory;
    }

    /**
     * Opens and checks a file: its header, and that the tensors fill the rest exactly.
     *
     * @param file a regular file on any file system
     * @throws org.wandagpu.failure.BadInputException naming the file, the place in it, the values and what to do
     */
    public static SafetensorsFile open(Path file) {
        if (!Files.isRegularFile(file)) {
            throw SafetensorsFault.NOT_A_FILE.in(file);
        }
        Arena arena = Arena.ofShared();
        SeekableByteChannel channel = null;
        try {
            channel = Files.newByteChannel(file);
            return read(file, channel, arena);
        } catch (IOException e) {
            release(channel, arena);
            throw SafetensorsFault.UNREADABLE.in(file, Shown.reason(e));
        } catch (RuntimeException | Error e) {
            release(channel, arena);
            throw e;
        }
    }

    private static SafetensorsFile read(Path file, SeekableByteChannel channel, Arena arena) throws IOException {
        FileTime modified = Files.getLastModifiedTime(file);
        long byteSize = channel.size();
        long headerBytes = readHeaderBytes(file, channel, byteSize);
        HeaderReader.Header asWritten = HeaderReader.read(file, channel, headerBytes);
        DataLayoutCheck check = new DataLayoutCheck(file, byteSize - SafetensorsLayout.dataBegin(headerBytes));
        HeaderReader.Header ordered = new HeaderReader.Header(asWritten.metadata(), check.inOrder(asWritten.tensors()));
        return new SafetensorsFile(file, channel, arena, modified, headerBytes, ordered,
                FileMemory.of(file, channel, byteSize, arena));
    }

    private static long readHeaderBytes(Path file, SeekableByteChannel channel, long byteSize) throws IOException {
        ByteBuffer length = ByteBuffer.allocate(SafetensorsLayout.LENGTH_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        while (length.hasRemaining()) {
            if (channel.read(length) < 0) {
                throw SafetensorsFault.TOO_SHORT.in(file, length.position());
            }
        }
        long announced = length.getLong(0);
        if (announced < 0 || announced > SafetensorsLayout.MAX_HEADER_BYTES) {
            throw SafetensorsFault.HEADER_TOO_LONG.in(file, Long.toUnsignedString(announced));
        }
        long following = byteSize - SafetensorsLayout.LENGTH_BYTES;
        if (announced > following) {
            throw SafetensorsFault.HEADER_BEYOND_END.in(file, announced, following);
        }
        return announced;
    }

    /** The file. */
    public Path path() {
        return path;
    }

    /** Texts of the header's {@code __metadata__} in its order; empty where there is none. */
    public Map<String, String> metadata() {
        return Collections.unmodifiableMap(header.metadata());
    }

    /** Bytes of the header without the 8 of its length. */
    public long headerBytes() {
        return headerBytes;
    }

    /** Bytes of the whole file. */
    public long byteSize() {
        return memory.byteSize();
    }

    /** All tensors by name, ordered by their place in the file; a view whose values are made when asked for. */
    public Map<String, HostTensor> tensors() {
        return new TensorViews(entries(), memory.asSlice(SafetensorsLayout.dataBegin(headerBytes)));
    }

    /** What the header says, by name, ordered by place. */
    Map<String, TensorEntry> entries() {
        return Collections.unmodifiableMap(header.tensors());
    }

    /** The file as it was opened, even if another file has its name now; not to be closed. */
    SeekableByteChannel channel() {
        return channel;
    }

    /**
     * Notices a file that was written to since it was opened.
     *
     * @throws WorkFailedException if its length or its time is another one now, or it is gone
     */
    void requireUnchanged() {
        try {
            if (channel.size() != byteSize() || Files.size(path) != byteSize()
                    || !Files.getLastModifiedTime(path).equals(modified)) {
                throw new WorkFailedException(path + ": was changed while it was being read: it had " + byteSize()
                        + " bytes, written " + modified + ", and has " + Files.size(path) + ", written "
                        + Files.getLastModifiedTime(path) + "; put the original back and run again");
            }
        } catch (IOException e) {
            throw new WorkFailedException(path + ": is gone while it was being read ("
                    + Shown.reason(e) + "); put it back and run again", e);
        }
    }

    /** Gives the memory back; the tensors must not be used any more. A second call does nothing. */
    @Override
    public void close() {
        if (arena.scope().isAlive()) {
            release(channel, arena);
        }
    }

    private static void release(SeekableByteChannel channel, Arena arena) {
        arena.close();
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException e) {
            // Nothing was written through the channel, so nothing is lost.
        }
    }
}
