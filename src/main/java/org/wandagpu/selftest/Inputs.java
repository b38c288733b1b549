package org.wandagpu.selftest;

import java.lang.foreign.MemorySegment;
import java.util.SplittableRandom;
import org.wandagpu.compute.Device;
import org.wandagpu.compute.Owned;
import org.wandagpu.compute.Tensor;
import org.wandagpu.tensor.DType;
import org.wandagpu.tensor.Half;

/**
 * Inputs of a decoder block's operation: the same 16-bit numbers on every device, in the order in which they are asked
 * for, as the device's own type of activations. Owns its tensors.
 */
final class Inputs implements AutoCloseable {

    private final Device device;
    private final DType type;
    private final SplittableRandom random;
    private final Owned owned = new Owned();

    Inputs(Device device, DType type, long seed) {
        this.device = device;
        this.type = type;
        this.random = new SplittableRandom(seed);
    }

    Device device() {
        return device;
    }

    /** Normal numbers. */
    Tensor activations(long rows, long columns) {
        return filled(device.activationType(type), rows, columns, 1);
    }

    /** An activation tensor to write to, full of zeros. */
    Tensor output(long rows, long columns) {
        return owned.add(device.allocate(device.activationType(type), rows, columns));
    }

    /** An F32 tensor to write to, full of zeros. */
    Tensor floats(long rows, long columns) {
        return owned.add(device.allocate(DType.F32, rows, columns));
    }

    /** A weight matrix or table, small numbers. */
    Tensor matrix(long rows, long columns) {
        return filled(type, rows, columns, 1 / Math.sqrt(columns));
    }

    /** Gains or biases. */
    Tensor vector(long length) {
        return filled(DType.F32, 1, length, 1);
    }

    int[] ids(int count, int bound) {
        return random.ints(count, 0, bound).toArray();
    }

    private Tensor filled(DType as, long rows, long columns, double scale) {
        int count = Math.toIntExact(rows * columns);
        short[] halves = new short[count];
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            float value = (float) (random.nextGaussian() * scale);
            halves[i] = type == DType.F16 ? Half.toF16(value) : Half.toBf16(value);
            values[i] = type == DType.F16 ? Half.fromF16(halves[i]) : Half.fromBf16(halves[i]);
        }
        Tensor tensor = owned.add(device.allocate(as, rows, columns));
        tensor.copyFrom(as == DType.F32 ? MemorySegment.ofArray(values) : MemorySegment.ofArray(halves));
        return tensor;
    }

    @Override
    public void close() {
        owned.close();
    }
}
