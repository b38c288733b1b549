package org.wandagpu.model;

import org.wandagpu.compute.Device;
import org.wandagpu.compute.Tensor;
import org.wandagpu.tensor.DType;

/** Keys and values of one sequence in one block, so that decoding computes each position once. Owns its tensors. */
public final class KeyValueCache implements AutoCloseable {

    private final Tensor keys;
    private final Tensor values;

    /** @param capacity the most positions it can hold */
    public KeyValueCache(Device device, DecoderSpec.Attention attention, int capacity) {
        long width = (long) attention.kvHeads() * attention.headDim();
        this.keys = device.allocate(DType.F32, capacity, width);
        this.values = device.allocate(DType.F32, capacity, width);
    }

    Tensor keys() {
        return keys;
    }

    Tensor values() {
        return values;
    }

    @Override
    public void close() {
        keys.close();
        values.close();
    }
}
