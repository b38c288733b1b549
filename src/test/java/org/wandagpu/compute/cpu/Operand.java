package org.wandagpu.compute.cpu;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Random;
import org.wandagpu.compute.Device;
import org.wandagpu.compute.Tensor;
import org.wandagpu.tensor.DType;
import org.wandagpu.tensor.Half;
import org.wandagpu.tensor.HostTensor;

/** A matrix of a test: its values, each representable in the element type it is stored in. */
record Operand(DType dtype, int rows, int columns, float[] values) {

    /** Normally distributed values with zeros, subnormals of the type and an outlier column among them. */
    static Operand random(Random random, DType dtype, int rows, int columns) {
        float[] values = new float[rows * columns];
        for (int i = 0; i < values.length; i++) {
            float value = (float) random.nextGaussian() * (i % columns == columns / 2 ? 30 : 1);
            values[i] = rounded(dtype, switch (random.nextInt(16)) {
                case 0 -> 0f;
                case 1 -> -0f;
                case 2 -> value * (dtype == DType.F16 ? 0x1p-16f : 0x1p-130f);
                default -> value;
            });
        }
        return new Operand(dtype, rows, columns, values);
    }

    private static float rounded(DType dtype, float value) {
        return switch (dtype) {
            case F16 -> Half.fromF16(Half.toF16(value));
            case BF16 -> Half.fromBf16(Half.toBf16(value));
            default -> value;
        };
    }

    /** A read-only view of bytes that begin at an odd address, as a mapped file can give it. */
    Tensor placedAtAnOddAddress(Device device, Arena arena) {
        MemorySegment bytes = arena.allocate(1 + (long) values.length * dtype.bytes(), 64).asSlice(1);
        for (int i = 0; i < values.length; i++) {
            switch (dtype) {
                case F16 -> bytes.set(CpuTensor.SHORT, 2L * i, Half.toF16(values[i]));
                case BF16 -> bytes.set(CpuTensor.SHORT, 2L * i, Half.toBf16(values[i]));
                default -> bytes.set(CpuTensor.FLOAT, 4L * i, values[i]);
            }
        }
        return device.place(new HostTensor("operand", dtype, new long[] {rows, columns}, bytes));
    }
}
