package org.wandagpu.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;

/** A channel of a {@link FaultyDisk}. */
final class FaultyChannel extends FileChannel {

    private final FaultyDisk disk;
    private final FileChannel real;

    FaultyChannel(FaultyDisk disk, FileChannel real) {
        this.disk = disk;
        this.real = real;
    }

    /** A write, by whatever method of the real channel. */
    private interface Write {
        int of(ByteBuffer bytes) throws IOException;
    }

    private int write(ByteBuffer source, Write write) throws IOException {
        int share = disk.share(source.remaining());
        if (share < 0) {
            return write.of(source);
        }
        write.of(source.slice(source.position(), share));
        disk.afterShare();
        throw new AssertionError("a share ends in a fault");
    }

    @Override
    public int write(ByteBuffer source) throws IOException {
        return write(source, real::write);
    }

    @Override
    public int write(ByteBuffer source, long position) throws IOException {
        return write(source, bytes -> real.write(bytes, position));
    }

    @Override
    public FileChannel truncate(long size) throws IOException {
        disk.beforeChange();
        real.truncate(size);
        return this;
    }

    @Override
    public void force(boolean metaData) throws IOException {
        disk.beforeChange();
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
        return real.read(target);
    }

    @Override
    public int read(ByteBuffer target, long position) throws IOException {
        return real.read(target, position);
    }

    @Override
    public long position() throws IOException {
        return real.position();
    }

    @Override
    public FileChannel position(long position) throws IOException {
        real.position(position);
        return this;
    }

    @Override
    public long size() throws IOException {
        return real.size();
    }

    @Override
    public FileLock lock(long position, long size, boolean shared) throws IOException {
        return real.lock(position, size, shared);
    }

    @Override
    public FileLock tryLock(long position, long size, boolean shared) throws IOException {
        return real.tryLock(position, size, shared);
    }

    @Override
    protected void implCloseChannel() throws IOException {
        real.close();
    }

    @Override
    public long read(ByteBuffer[] targets, int offset, int length) {
        throw new UnsupportedOperationException();
    }

    @Override
    public long write(ByteBuffer[] sources, int offset, int length) {
        throw new UnsupportedOperationException();
    }

    @Override
    public long transferTo(long position, long count, WritableByteChannel target) {
        throw new UnsupportedOperationException();
    }

    @Override
    public long transferFrom(ReadableByteChannel source, long position, long count) {
        throw new UnsupportedOperationException();
    }

    @Override
    public MappedByteBuffer map(MapMode mode, long position, long size) {
        throw new UnsupportedOperationException();
    }
}
