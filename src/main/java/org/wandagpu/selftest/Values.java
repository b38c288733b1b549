package org.wandagpu.selftest;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;
import org.wandagpu.compute.Device;
import org.wandagpu.compute.Tensor;
import org.wandagpu.tensor.DType;
import org.wandagpu.tensor.Half;

/** What the weights of a comparison look like; the same seed gives the same bits on every device. */
enum Values {

    /** As a trained layer: normal, some columns much larger than others. */
    TRAINED,
    /** Few different values, zeros of both signs among them: ties everywhere. */
    TIED,
    /** Any bit pattern: NaNs, infinities, subnormals. */
    ANY_BITS;

    private static final float SCALE = 0.02f;
    private static final int TIED_VALUES = 7;

    Tensor weights(Device device, DType dtype, int rows, int columns, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int count = Math.multiplyExact(rows, columns);
        if (dtype == DType.F32) {
            int[] bits = new int[count];
            for (int i = 0; i < count; i++) {
                bits[i] = this == ANY_BITS ? random.nextInt() : Float.floatToRawIntBits(next(random));
            }
            return filled(device, dtype, rows, columns, MemorySegment.ofArray(bits));
        }
        short[] bits = new short[count];
        for (int i = 0; i < count; i++) {
            bits[i] = this == ANY_BITS ? (short) random.nextInt()
                    : dtype == DType.F16 ? Half.toF16(next(random)) : Half.toBf16(next(random));
        }
        return filled(device, dtype, rows, columns, MemorySegment.ofArray(bits));
    }

    private float next(SplittableRandom random) {
        if (this == TRAINED) {
            return (float) random.nextGaussian() * SCALE;
        }
        return (random.nextInt(TIED_VALUES) - TIED_VALUES / 2) * (random.nextBoolean() ? SCALE : -SCALE);
    }

    /** A statistic as activations give it: log-normal, a few columns far above the rest. */
    static Tensor statistic(Device device, int columns, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] s = new float[columns];
        for (int j = 0; j < columns; j++) {
            s[j] = (float) Math.exp(random.nextGaussian());
        }
        return filled(device, DType.F32, 1, columns, MemorySegment.ofArray(s));
    }

    private static Tensor filled(Device device, DType dtype, int rows, int columns, MemorySegment bits) {
        Tensor tensor = device.allocate(dtype, rows, columns);
        tensor.copyFrom(bits);
        return tensor;
    }

    /** A tensor's bytes, for comparison. */
    static byte[] bytesOf(Tensor tensor) {
        byte[] bytes = new byte[Math.toIntExact(tensor.byteSize())];
        tensor.copyTo(MemorySegment.ofArray(bytes));
        return bytes;
    }

    /** Eight bytes for a number. */
    static byte[] bytesOf(double number) {
        byte[] bytes = new byte[Double.BYTES];
        MemorySegment.ofArray(bytes).set(ValueLayout.JAVA_DOUBLE_UNALIGNED, 0, number);
        return bytes;
    }
}
