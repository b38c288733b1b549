package org.wandagpu.compute.cuda;

import java.lang.foreign.MemorySegment;
import java.util.Objects;
import org.wandagpu.compute.Tensor;
import org.wandagpu.cuda.DeviceBuffer;
import org.wandagpu.tensor.DType;
import org.wandagpu.tensor.Half;

/** A tensor in device memory. */
final class CudaTensor implements Tensor {

    private final KernelRuntime runtime;
    private final DeviceBuffer memory;
    private final boolean owner;
    private final long offset;
    private final DType dtype;
    private final long rows;
    private final long columns;
    private boolean closed;

    private CudaTensor(KernelRuntime runtime, DeviceBuffer memory, boolean owner, long offset, DType dtype, long rows,
            long columns) {
        this.runtime = runtime;
        this.memory = memory;
        this.owner = owner;
        this.offset = offset;
        this.dtype = dtype;
        this.rows = rows;
        this.columns = columns;
    }

    /** A tensor that owns its memory. */
    static CudaTensor owning(KernelRuntime runtime, DeviceBuffer memory, DType dtype, long rows, long columns) {
        return new CudaTensor(runtime, memory, true, 0, dtype, rows, columns);
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

    /** Device address of the first element. */
    long address() {
        if (closed) {
            throw new IllegalStateException("tensor used after close: " + this);
        }
        return memory.address() + offset;
    }

    DeviceMatrix matrix() {
        return new DeviceMatrix(address(), dtype, Math.toIntExact(rows), Math.toIntExact(columns));
    }

    @Override
    public Tensor rows(long first, long count) {
        Objects.checkFromIndexSize(first, count, rows);
        address();
        return new CudaTensor(runtime, memory, false, offset + first * columns * dtype.bytes(), dtype, count, columns);
    }

    @Override
    public Tensor reshaped(long newRows, long newColumns) {
        if (Math.multiplyExact(newRows, newColumns) != rows * columns) {
            throw new IllegalArgumentException(this + " cannot become [" + newRows + ", " + newColumns + "]");
        }
        address();
        return new CudaTensor(runtime, memory, false, offset, dtype, newRows, newColumns);
    }

    @Override
    public void copyTo(MemorySegment target) {
        runtime.copyOut(address(), target.asSlice(0, byteSize()));
    }

    @Override
    public void copyFrom(MemorySegment source) {
        runtime.copyIn(address(), source.asSlice(0, byteSize()));
    }

    @Override
    public float[] toFloats() {
        MemorySegment bytes = MemorySegment.ofArray(new byte[Math.toIntExact(byteSize())]);
        copyTo(bytes);
        return Half.widen(dtype, bytes, Math.toIntExact(rows * columns));
    }

    @Override
    public void close() {
        if (!closed && owner) {
            closed = true;
            memory.close();
        }
    }

    @Override
    public String toString() {
        return dtype + "[" + rows + ", " + columns + "]";
    }
}
