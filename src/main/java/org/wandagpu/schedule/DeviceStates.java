package org.wandagpu.schedule;

import java.lang.foreign.MemorySegment;
import org.wandagpu.compute.Device;
import org.wandagpu.compute.Tensor;
import org.wandagpu.tensor.DType;

/** Hidden states that stay on the device. Owns its tensors. */
final class DeviceStates implements HiddenStates {

    /** Chunks that it takes room for. */
    static final long CHUNKS = 1;

    private final Device device;
    private final Tensor states;
    private Tensor copy;

    DeviceStates(Device device, DType dtype, long rows, long columns) {
        this.device = device;
        this.states = device.allocate(dtype, rows, columns);
    }

    /** All of them. */
    Tensor tensor() {
        return states;
    }

    @Override
    public long rows() {
        return states.rows();
    }

    @Override
    public long rowBytes() {
        return states.columns() * states.dtype().bytes();
    }

    @Override
    public void makeRoom(int chunkRows) {
        dropCopy();
        copy = device.allocate(states.dtype(), chunkRows, states.columns());
    }

    private void dropCopy() {
        if (copy != null) {
            copy.close();
        }
    }

    @Override
    public void observe(int chunkRows, Work work) {
        update(chunkRows, (first, chunk) -> {
            Tensor observed = copy.rows(0, chunk.rows());
            device.ops().copy(chunk, observed);
            work.run(first, observed);
        });
    }

    @Override
    public void update(int chunkRows, Work work) {
        for (long first = 0; first < rows(); first += chunkRows) {
            work.run(first, states.rows(first, Math.min(chunkRows, rows() - first)));
        }
    }

    @Override
    public void read(long first, MemorySegment target) {
        device.transfers().out(states.rows(first, target.byteSize() / rowBytes()), target);
    }

    @Override
    public void write(long first, MemorySegment source) {
        device.transfers().in(source, states.rows(first, source.byteSize() / rowBytes()));
    }

    @Override
    public void close() {
        dropCopy();
        states.close();
    }
}
