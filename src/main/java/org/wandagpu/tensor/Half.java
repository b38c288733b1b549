package org.wandagpu.tensor;

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
}
