package org.wandagpu.oracle;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Random;
import org.wandagpu.compute.Device;
import org.wandagpu.compute.Tensor;
import org.wandagpu.tensor.DType;
import org.wandagpu.tensor.Half;
import org.wandagpu.tensor.HostTensor;

/**
 * A weight matrix as stored bits, one int a weight, for bit-wise comparison.
 *
 * @param bits row by row; 16-bit types in the lower half
 */
public record OracleWeights(DType dtype, int rows, int columns, int[] bits) {

    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    /** What the values look like. */
    public enum Kind {
        /** Normally distributed. */
        NORMAL,
        /** One value everywhere, of either sign. */
        ALL_EQUAL,
        /** Seven values, zeros of both signs among them. */
        QUANTISED,
        /** Mostly zeros of both signs. */
        SPARSE,
        /** NaNs of several bit patterns, infinities, the rest normal. */
        NOT_FINITE,
        /** Subnormal numbers of the element type. */
        SUBNORMAL,
        /** Any bit pattern. */
        RANDOM_BITS,
        /** Large where a sample of whole vectors at regular places would look, small elsewhere. */
        PERIODIC
    }

    /** Random weights. */
    public static OracleWeights random(Kind kind, DType dtype, int rows, int columns, long seed) {
        Random random = new Random(seed);
        int[] bits = new int[rows * columns];
        for (int i = 0; i < bits.length; i++) {
            int column = i % columns;
            bits[i] = switch (kind) {
                case NORMAL -> toBits(dtype, (float) random.nextGaussian() * 0.02f);
                case ALL_EQUAL -> toBits(dtype, random.nextBoolean() ? 0.5f : -0.5f);
                case QUANTISED -> toBits(dtype, (random.nextInt(7) - 3) * (random.nextBoolean() ? 0.25f : -0.25f));
                case SPARSE -> random.nextInt(5) == 0 ? toBits(dtype, (float) random.nextGaussian())
                        : toBits(dtype, random.nextBoolean() ? 0f : -0f);
                case NOT_FINITE -> notFinite(dtype, random);
                case SUBNORMAL -> random.nextInt(2) << signBit(dtype) | random.nextInt(dtype == DType.F16 ? 1024 : 128);
                case RANDOM_BITS -> dtype == DType.F32 ? random.nextInt() : random.nextInt(1 << Short.SIZE);
                case PERIODIC -> toBits(dtype, (float) random.nextGaussian() * (column / 16 % 16 == 0 ? 100f : 0.01f));
            };
        }
        return new OracleWeights(dtype, rows, columns, bits);
    }

    private static int notFinite(DType dtype, Random random) {
        int sign = random.nextInt(2) << signBit(dtype);
        int infinity = toBits(dtype, Float.POSITIVE_INFINITY);
        return switch (random.nextInt(4)) {
            case 0 -> sign | infinity;
            case 1 -> sign | infinity | 1 + random.nextInt(100);
            default -> toBits(dtype, (float) random.nextGaussian());
        };
    }

    private static int signBit(DType dtype) {
        return dtype.bits() - 1;
    }

    private static int toBits(DType dtype, float value) {
        return switch (dtype) {
            case F16 -> Short.toUnsignedInt(Half.toF16(value));
            case BF16 -> Short.toUnsignedInt(Half.toBf16(value));
            default -> Float.floatToRawIntBits(value);
        };
    }

    /** The matrix with these values, which the element type must hold exactly. */
    public static OracleWeights of(DType dtype, float[][] values) {
        int columns = values[0].length;
        int[] bits = new int[values.length * columns];
        for (int i = 0; i < bits.length; i++) {
            bits[i] = toBits(dtype, values[i / columns][i % columns]);
        }
        return new OracleWeights(dtype, values.length, columns, bits);
    }

    /** A weight as fp32. */
    public float value(int row, int column) {
        int stored = bits[row * columns + column];
        return switch (dtype) {
            case F16 -> Half.fromF16((short) stored);
            case BF16 -> Half.fromBf16((short) stored);
            default -> Float.intBitsToFloat(stored);
        };
    }

    /** This matrix with +0 where {@code zeroed} says. */
    public OracleWeights withZeros(boolean[] zeroed) {
        int[] result = bits.clone();
        for (int i = 0; i < result.length; i++) {
            if (zeroed[i]) {
                result[i] = 0;
            }
        }
        return new OracleWeights(dtype, rows, columns, result);
    }

    /** A copy on a device. */
    public Tensor on(Device device) {
        MemorySegment bytes = Arena.ofAuto().allocate((long) bits.length * dtype.bytes(), 4);
        for (int i = 0; i < bits.length; i++) {
            if (dtype == DType.F32) {
                bytes.set(INT, 4L * i, bits[i]);
            } else {
                bytes.set(SHORT, 2L * i, (short) bits[i]);
            }
        }
        return device.copyOf(new HostTensor("weights", dtype, new long[] {rows, columns}, bytes));
    }

    /** The bits a device holds. */
    public static int[] bitsOf(Tensor tensor) {
        MemorySegment bytes = Arena.ofAuto().allocate(tensor.byteSize(), 4);
        tensor.copyTo(bytes);
        int[] bits = new int[(int) (tensor.rows() * tensor.columns())];
        for (int i = 0; i < bits.length; i++) {
            bits[i] = tensor.dtype() == DType.F32 ? bytes.get(INT, 4L * i)
                    : Short.toUnsignedInt(bytes.get(SHORT, 2L * i));
        }
        return bits;
    }
}
