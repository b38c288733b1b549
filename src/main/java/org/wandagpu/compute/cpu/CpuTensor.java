package org.wandagpu.compute.cpu;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import org.wandagpu.compute.Tensor;
import org.wandagpu.tensor.DType;

/** A tensor in native memory. Elements may start at any address when the tensor is a view of a mapped file. */
final class CpuTensor implements Tensor {

    static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final CpuDevice device;
    private final Arena arena;
    private final CpuTensor owner;
    private final DType dtype;
    private final long rows;
    private final long columns;
    private final MemorySegment segment;
    private boolean closed;

    /**
     * @param arena what {@link #close()} frees, null when the memory is not this tensor's
     * @param owner the tensor this one is a view of, or null
     */
    CpuTensor(CpuDevice device, Arena arena, CpuTensor owner, DType dtype, long rows, long columns, MemorySegment segment) {
        this.device = device;
        this.arena = arena;
        this.owner = owner;
        this.dtype = dtype;
        this.rows = rows;
        this.columns = columns;
        this.segment = segment;
    }

    @Override
    public DType dtype() {
        return dtype;
    }

    @Override
    public long rows() {
        return rows;
    }

    @Override
    public long columns() {
        return columns;
    }

    /** The elements, row-major and little-endian. */
    MemorySegment segment() {
        if (closed || (owner != null && owner.closed)) {
            throw new IllegalStateException("tensor used after close: " + this);
        }
        return segment;
    }

    @Override
    public Tensor rows(long first, long count) {
        java.util.Objects.checkFromIndexSize(first, count, rows);
        long rowBytes = columns * dtype.bytes();
        MemorySegment part = segment().asSlice(first * rowBytes, count * rowBytes);
        return new CpuTensor(device, null, owner == null ? this : owner, dtype, count, columns, part);
    }

    @Override
    public Tensor reshaped(long newRows, long newColumns) {
        if (Math.multiplyExact(newRows, newColumns) != rows * columns) {
            throw new IllegalArgumentException(this + " cannot become [" + newRows + ", " + newColumns + "]");
        }
        return new CpuTensor(device, null, owner == null ? this : owner, dtype, newRows, newColumns, segment());
    }

    @Override
    public void copyTo(MemorySegment target) {
        MemorySegment.copy(segment(), 0, target, 0, byteSize());
    }

    @Override
    public void copyFrom(MemorySegment source) {
        MemorySegment.copy(source, 0, segment(), 0, byteSize());
    }

    @Override
    public float[] toFloats() {
        int length = Math.toIntExact(Math.multiplyExact(rows, columns));
        float[] values = new float[length];
        widen(0, length, values, 0);
        return values;
    }

    /** Widens {@code count} elements from element {@code first} on into an array. */
    void widen(long first, int count, float[] target, int targetOffset) {
        Widening.toFloats(segment(), dtype, first, count, target, targetOffset);
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            if (arena != null) {
                arena.close();
                device.freed(byteSize());
            }
        }
    }

    @Override
    public String toString() {
        return dtype + "[" + rows + ", " + columns + "]";
    }
}
