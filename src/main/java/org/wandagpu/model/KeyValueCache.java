package org.wandagpu.model;

import org.wandagpu.compute.Device;
import org.wandagpu.compute.Owned;
import org.wandagpu.compute.Tensor;
import org.wandagpu.tensor.DType;

/**
 * Keys and values in one block, so that decoding computes each position once. Row p holds position p of all
 * sequences side by side. Owns its tensors.
 */
public final class KeyValueCache implements AutoCloseable {

    private final int sequences;
    private final Tensor keys;
    private final Tensor values;

    /**
     * @param activations their element type
     * @param sequences sequences that are decoded in step, all at the same position
     * @param capacity the most positions it can hold
     */
    public KeyValueCache(Device device, DType activations, DecoderSpec.Attention attention, int sequences, int capacity) {
        this.sequences = sequences;
        Tensor[] pair = Owned.build(owned -> new Tensor[] {
            owned.add(device.allocate(activations, capacity, width(attention) * sequences)),
            owned.add(device.allocate(activations, capacity, width(attention) * sequences))
        });
        this.keys = pair[0];
        this.values = pair[1];
    }

    private static long width(DecoderSpec.Attention attention) {
        return (long) attention.kvHeads() * attention.headDim();
    }

    /** Bytes of a cache in one block for one sequence. */
    public static long bytes(DType activations, DecoderSpec.Attention attention, int capacity) {
        return 2 * width(attention) * capacity * activations.bytes();
    }

    int sequences() {
        return sequences;
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
