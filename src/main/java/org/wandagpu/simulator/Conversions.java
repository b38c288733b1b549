package org.wandagpu.simulator;

import java.util.function.DoubleUnaryOperator;

/** cvt between integers, floats and packed halves. */
final class Conversions {

    private Conversions() {
    }

    static Operation convert(Statement s) {
        String to = s.type2();
        String from = s.type();
        if (s.has("ftz") || s.has("relu")) {
            throw new UnsupportedOperationException(s.opcode());
        }
        if (to.endsWith("x2") && from.equals("f32")) {
            String half = to.substring(0, to.length() - 2);
            return Elementwise.binary(s, (high, low) -> Types.fromDouble(half, Types.f32(high)) << 16
                    | Types.fromDouble(half, Types.f32(low)));
        }
        if (to.equals("tf32")) {
            return Elementwise.unary(s, a -> (a & 0x7fffffff) > 0x7f800000 ? Types.NAN
                    : (a & 0x7fffffff) == 0x7f800000 ? a : a + 0x1000 & ~0x1fffL);
        }
        if (!Types.isFloat(from)) {
            Elementwise.Unary x = Types.extend(from);
            Elementwise.Unary y = Types.isFloat(to) ? a -> fromInteger(to, from, a) : integer(s, to, from);
            return Elementwise.unary(s, a -> y.of(x.of(a)));
        }
        if (Types.isFloat(to)) {
            return between(s, to, from);
        }
        DoubleUnaryOperator rounding = rounding(s);
        return Elementwise.unary(s, a -> toInteger(to, rounding.applyAsDouble(Types.toDouble(from, a))));
    }

    private static Elementwise.Unary integer(Statement s, String to, String from) {
        Elementwise.Unary cut = Types.extend(to);
        if (!s.has("sat")) {
            return cut;
        }
        return a -> from.equals("u64") && a < 0 ? highest(to) : Math.clamp(a, lowest(to), highest(to));
    }

    private static long lowest(String type) {
        return Types.signed(type) ? -1L << 8 * Literals.bytes(type) - 1 : 0;
    }

    private static long highest(String type) {
        return Types.signed(type) ? ~lowest(type) : type.equals("u64") ? Long.MAX_VALUE
                : Bytes.ones(Literals.bytes(type));
    }

    /** Only 64-bit integers can need two roundings by way of double; to fp32 they go at once. */
    private static long fromInteger(String to, String from, long value) {
        if (to.equals("f32") && !(from.equals("u64") && value < 0)) {
            return Types.bits((float) value);
        }
        double exact = from.equals("u64") && value < 0 ? 2 * (double) (value >>> 1 | value & 1) : value;
        return Types.fromDouble(to, exact);
    }

    private static Operation between(Statement s, String to, String from) {
        boolean integral = s.has("rni") || s.has("rzi") || s.has("rmi") || s.has("rpi");
        if (s.has("rz") || s.has("rm") || s.has("rp")) {
            throw new UnsupportedOperationException(s.opcode());
        }
        DoubleUnaryOperator rounding = rounding(s);
        boolean saturate = s.has("sat");
        return Elementwise.unary(s, a -> {
            double value = Types.toDouble(from, a);
            value = integral ? rounding.applyAsDouble(value) : value;
            return Types.fromDouble(to, saturate ? value > 0 ? Math.min(value, 1) : 0 : value);
        });
    }

    private static DoubleUnaryOperator rounding(Statement s) {
        if (s.has("rni")) {
            return Math::rint;
        }
        if (s.has("rmi")) {
            return Math::floor;
        }
        return s.has("rpi") ? Math::ceil : value -> value < 0 ? Math.ceil(value) : Math.floor(value);
    }

    /** Saturates; NaN gives 0. */
    private static long toInteger(String to, double value) {
        if (to.equals("u64") && value >= 0x1p63) {
            return value >= 0x1p64 ? -1 : (long) (value - 0x1p63) ^ Long.MIN_VALUE;
        }
        return Math.clamp((long) value, lowest(to), highest(to));
    }
}
