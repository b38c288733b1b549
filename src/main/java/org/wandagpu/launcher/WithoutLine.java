package org.wandagpu.launcher;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/**
 * A stream that leaves out the first line with a certain text. Bytes are held back only while they may still become
 * that line, so that a prompt or a progress bar without a line end appears at once.
 */
final class WithoutLine extends FilterOutputStream {

    private final byte[] unwanted;
    private boolean lineStart = true;
    private boolean done;
    private int matched;

    /** @param text the line's text, ASCII, without its end */
    WithoutLine(OutputStream out, String text) {
        super(out);
        this.unwanted = (text + System.lineSeparator()).getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    public void write(int b) throws IOException {
        if (!done && (lineStart || matched > 0) && (byte) b == unwanted[matched]) {
            lineStart = false;
            matched++;
            if (matched == unwanted.length) {
                matched = 0;
                done = true;
            }
            return;
        }
        release();
        out.write(b);
        lineStart = b == '\n';
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        int i = offset;
        while (i < offset + length && !done) {
            write(bytes[i++]);
        }
        out.write(bytes, i, offset + length - i);
    }

    /** Writes what was held back, because it did not become the line. */
    private void release() throws IOException {
        out.write(unwanted, 0, matched);
        matched = 0;
    }

    @Override
    public void close() throws IOException {
        release();
        super.close();
    }
}
