package org.wandagpu.text;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.wandagpu.failure.WorkFailedException;

/**
 * Texts of a compressed file, written one after another to a temporary file that only this user can read and that is
 * gone when it is closed, or when the process ends in any way.
 */
final class Spool implements AutoCloseable {

    private final Path source;
    private final FileChannel channel;
    private final OutputStream output;
    private final IndexedDocuments.Ranges ranges = new IndexedDocuments.Ranges();
    private long end;
    private boolean finished;

    /** @param source the file whose texts are written, for messages */
    Spool(Path source) {
        this.source = source;
        try {
            Path file = Files.createTempFile("wanda-gpu", ".texts");
            channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE,
                    StandardOpenOption.DELETE_ON_CLOSE);
            output = new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16);
        } catch (IOException e) {
            throw cannotWrite(e);
        }
    }

    /** Adds the next text, given as UTF-8. */
    void add(byte[] text) {
        try {
            output.write(text);
        } catch (IOException e) {
            throw cannotWrite(e);
        }
        ranges.add(end, end + text.length);
        end += text.length;
    }

    /** The texts as documents, which own the temporary file from here on. */
    Documents finish() {
        try {
            output.flush();
        } catch (IOException e) {
            throw cannotWrite(e);
        }
        finished = true;
        return new IndexedDocuments(source.toString(), channel, ranges,
                bytes -> new String(bytes, StandardCharsets.UTF_8));
    }

    /** Deletes the temporary file unless documents have it. */
    @Override
    public void close() {
        if (!finished) {
            try {
                channel.close();
            } catch (IOException e) {
                throw cannotWrite(e);
            }
        }
    }

    private WorkFailedException cannotWrite(IOException e) {
        return new WorkFailedException(source + ": its texts cannot be written to the temporary folder "
                + System.getProperty("java.io.tmpdir") + ": " + Reason.of(e) + "; make room there, or name another "
                + "folder by JDK_JAVA_OPTIONS=-Djava.io.tmpdir=FOLDER", e);
    }
}
