package org.wandagpu.text;

import dev.hardwood.InputFile;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * A Parquet file that refuses to read what it does not have. A damaged file whose page is longer than its column makes
 * hardwood ask for nothing at the end of the column, again and again without end.
 */
record CheckedRanges(InputFile file) implements InputFile {

    @Override
    public ByteBuffer readRange(long offset, int length) throws IOException {
        if (offset < 0 || length <= 0 || offset > length() - length) {
            throw new IOException("it points to " + length + " bytes at " + offset + " of " + length());
        }
        return file.readRange(offset, length);
    }

    @Override
    public void open() throws IOException {
        file.open();
    }

    @Override
    public long length() throws IOException {
        return file.length();
    }

    @Override
    public String name() {
        return file.name();
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
