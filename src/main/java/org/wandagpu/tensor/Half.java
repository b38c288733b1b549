package org.wandagpu.tensor;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** The two 16-bit float formats, one value at a time: IEEE binary16 and bfloat16. Rounding is to nearest, ties to even. */
public final class Half {

    private Half() {
    }

    /** The value of a binary16 bit pattern, exactly. */
    public static float fromF16(short bits) {
        return Float.float16ToFloat(bits);
    }

    /** The binary16 bit pattern nearest to a value. */
    public static short toF16(float value) {
        return Float.floatToFloat16(value);
    }

    /** The value of a bfloat16 bit pattern, exactly. */
    public static float fromBf16(short bits) {
        return Float.intBitsToFloat(bits << 16);
    }

    /** The bfloat16 bit pattern nearest to a value; NaN stays a quiet NaN. */
    public static short toBf16(float value) {
        int bits = Float.floatToRawIntBits(value);
        if (Float.isNaN(value)) {
            return (short) ((bits >>> 16) | 0x40);
        }
        return (short) ((bits + 0x7FFF + ((bits >>> 16) & 1)) >>> 16);
    }

    /** The values of {@code count} elements of a computable type, little-endian, at any address. */
    public static float[] widen(DType dtype, MemorySegment elements, int count) {
        ValueLayout.OfFloat floats = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
        ValueLayout.OfShort shorts = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = switch (dtype) {
                case F32 -> elements.getAtIndex(floats, i);
                case F16 -> fromF16(elements.getAtIndex(shorts, i));
                case BF16 -> fromBf16(elements.getAtIndex(shorts, i));
                default -> throw new IllegalArgumentException(dtype + " is not computed with");
            };
        }
        return values;
    }
}
