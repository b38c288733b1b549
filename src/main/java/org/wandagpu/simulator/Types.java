package org.wandagpu.simulator;

/** Reads the bits of a register as a type. */
final class Types {

    /** What NVIDIA's arithmetic gives for every NaN. */
    static final int NAN = 0x7fffffff;

    private Types() {
    }

    static boolean signed(String type) {
        return type.startsWith("s");
    }

    static boolean isFloat(String type) {
        return type.startsWith("f") || type.startsWith("bf") || type.equals("tf32");
    }

    /** Sign- or zero-extends. */
    static Elementwise.Unary extend(String type) {
        int shift = 64 - 8 * Literals.bytes(type);
        return signed(type) ? v -> v << shift >> shift : v -> v << shift >>> shift;
    }

    static float f32(long bits) {
        return Float.intBitsToFloat((int) bits);
    }

    static long bits(float value) {
        return value != value ? NAN : Float.floatToRawIntBits(value) & 0xffffffffL;
    }

    static double f64(long bits) {
        return Double.longBitsToDouble(bits);
    }

    static float f16(long bits) {
        return Float.float16ToFloat((short) bits);
    }

    static long f16Bits(float value) {
        return value != value ? 0x7fff : Float.floatToFloat16(value) & 0xffffL;
    }

    static float bf16(long bits) {
        return Float.intBitsToFloat((int) bits << 16);
    }

    static long bf16Bits(float value) {
        int bits = Float.floatToRawIntBits(value);
        return value != value ? 0x7fff : bits + 0x7fff + (bits >>> 16 & 1) >>> 16 & 0xffff;
    }

    /** A double to binary16 with one rounding: rounding to odd in between keeps what decides ties. */
    static float oddFloat(double value) {
        float near = (float) value;
        if (near == value || near != near || Float.isInfinite(near)) {
            return near;
        }
        int bits = Float.floatToRawIntBits(near);
        if ((bits & 1) != 0) {
            return near;
        }
        boolean away = Math.abs(value) > Math.abs((double) near);
        return Float.intBitsToFloat(away ? bits + 1 : bits - 1);
    }

    /** The bits of a register as a number. */
    @FunctionalInterface
    interface Reader {
        double of(long bits);
    }

    /** A number as the bits of a register. */
    @FunctionalInterface
    interface Writer {
        long of(double value);
    }

    /** Reads a type exactly. */
    static Reader reader(String type) {
        return switch (type) {
            case "f16" -> Types::f16;
            case "bf16" -> Types::bf16;
            case "f32", "tf32" -> Types::f32;
            case "f64" -> Types::f64;
            default -> throw new UnsupportedOperationException(type);
        };
    }

    /** Rounds to a type, to nearest even. */
    static Writer writer(String type) {
        return switch (type) {
            case "f16" -> value -> f16Bits(oddFloat(value));
            case "bf16" -> value -> bf16Bits(oddFloat(value));
            case "f32" -> value -> bits((float) value);
            case "f64" -> Double::doubleToRawLongBits;
            default -> throw new UnsupportedOperationException(type);
        };
    }

    /** The value of a register as a double, exactly. */
    static double toDouble(String type, long bits) {
        return reader(type).of(bits);
    }

    /** A double rounded to a type, to nearest even. */
    static long fromDouble(String type, double value) {
        return writer(type).of(value);
    }
}
