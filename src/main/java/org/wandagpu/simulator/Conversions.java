package org.wandagpu.simulator;

import java.math.BigDecimal;
import java.util.function.DoubleUnaryOperator;

/** cvt between integers, floats and packed halves. */
final class Conversions {

    private static final BigDecimal TWO_TO_64 = BigDecimal.TWO.pow(64);

    private Conversions() {
    }

    static Operation convert(Statement s) {
        String to = s.type2();
        String from = s.type();
        if (s.has("pack")) {
            return pack(s);
        }
        if (to.endsWith("x2") && from.equals("f32")) {
            Elementwise.Unary half = between(s, to.substring(0, to.length() - 2), from);
            return Elementwise.binary(s, (high, low) -> half.of(high) << 16 | half.of(low));
        }
        if (to.equals("tf32")) {
            return Elementwise.unary(s, tf32(s));
        }
        if (!Types.isFloat(from)) {
            Elementwise.Unary x = Types.extend(from);
            Elementwise.Unary y = Types.isFloat(to) ? fromInteger(s, to, from) : integer(s, to, from);
            return Elementwise.unary(s, a -> y.of(x.of(a)));
        }
        return Elementwise.unary(s, Types.isFloat(to) ? between(s, to, from) : toInteger(s, to, from));
    }

    /** The upper 19 bits, ties away from zero, or as for the other types. */
    private static Elementwise.Unary tf32(Statement s) {
        boolean toEven = s.has("rn");
        long half = s.has("rz") ? 0 : toEven ? 0xfff : 0x1000;
        Elementwise.Unary limit = FloatArithmetic.limit(s, "f32");
        return a -> {
            long magnitude = a & 0x7fffffff;
            long bits = magnitude > 0x7f800000 ? Types.NAN : magnitude == 0x7f800000 ? a
                    : (a & 0xffffffffL) + half + (toEven ? a >>> 13 & 1 : 0) & 0xffffe000L;
            return limit.of(bits);
        };
    }

    private static Elementwise.Unary integer(Statement s, String to, String from) {
        Elementwise.Unary cut = Types.extend(to);
        if (!s.has("sat")) {
            return cut;
        }
        return a -> from.equals("u64") && a < 0 ? to.equals("u64") ? a : highest(to)
                : Math.clamp(a, lowest(to), highest(to));
    }

    /** {@code cvt.pack.sat}: two integers side by side, before what the third operand holds for 8 bits and less. */
    private static Operation pack(Statement s) {
        boolean appends = s.operands().size() > 3;
        String[] parts = s.opcode().split("\\.");
        String to = parts[appends ? parts.length - 3 : parts.length - 2];
        int bits = to.length() == 2 ? to.charAt(1) - '0' : 16;
        long lowest = Types.signed(to) ? -1L << bits - 1 : 0;
        long highest = Types.signed(to) ? ~lowest : (1L << bits) - 1;
        long ones = (1L << bits) - 1;
        Elementwise.Binary both = (a, b) -> (Math.clamp((long) (int) a, lowest, highest) & ones) << bits
                | Math.clamp((long) (int) b, lowest, highest) & ones;
        return appends ? Elementwise.ternary(s, (a, b, c) -> c << 2 * bits | both.of(a, b))
                : Elementwise.binary(s, both);
    }

    private static long lowest(String type) {
        return Types.signed(type) ? -1L << 8 * Literals.bytes(type) - 1 : 0;
    }

    private static long highest(String type) {
        return Types.signed(type) ? ~lowest(type) : type.equals("u64") ? Long.MAX_VALUE
                : Bytes.ones(Literals.bytes(type));
    }

    private static Elementwise.Unary fromInteger(Statement s, String to, String from) {
        boolean wide = from.equals("u64");
        Rounding rounding = Rounding.of(s);
        if (rounding == Rounding.NEAREST) {
            return a -> nearest(to, wide, a);
        }
        return a -> {
            long nearest = nearest(to, wide, a);
            BigDecimal exact = BigDecimal.valueOf(a);
            return rounding.apply(to, nearest, Rounding.excess(wide && a < 0 ? exact.add(TWO_TO_64) : exact,
                    Types.toDouble(to, nearest)));
        };
    }

    /** Only 64-bit integers can need two roundings by way of double; to fp32 they go at once. */
    private static long nearest(String to, boolean wide, long value) {
        if (!wide || value >= 0) {
            return to.equals("f32") ? Types.bits((float) value) : Types.fromDouble(to, value);
        }
        // The lowest bit stays, so that what lies above a tie is rounded up.
        long half = value >>> 1 | value & 1;
        return to.equals("f32") ? Types.bits(2 * (float) half) : Types.fromDouble(to, 2 * (double) half);
    }

    private static Elementwise.Unary between(Statement s, String to, String from) {
        Elementwise.Unary flushFrom = s.has("ftz") && from.equals("f32") ? Flush.of(from) : a -> a;
        Elementwise.Unary flushTo = s.has("ftz") && to.equals("f32") ? Flush.of(to) : a -> a;
        Elementwise.Unary limit = FloatArithmetic.limit(s, to);
        DoubleUnaryOperator integral = integral(s);
        Rounding rounding = Rounding.of(s);
        Types.Reader x = Types.reader(from);
        Types.Writer y = Types.writer(to);
        return a -> {
            double value = integral.applyAsDouble(x.of(flushFrom.of(a)));
            long result = y.of(value);
            if (rounding != Rounding.NEAREST && Double.isFinite(value)) {
                result = rounding.apply(to, result, Rounding.excess(new BigDecimal(value),
                        Types.toDouble(to, result)));
            }
            return flushTo.of(limit.of(result));
        };
    }

    /** Rounding to a whole number, for the suffixes that ask for it. */
    private static DoubleUnaryOperator integral(Statement s) {
        return s.has("rni") ? Math::rint : s.has("rmi") ? Math::floor : s.has("rpi") ? Math::ceil
                : s.has("rzi") ? value -> value < 0 ? Math.ceil(value) : Math.floor(value) : value -> value;
    }

    /** Saturates; NaN gives 0. */
    private static Elementwise.Unary toInteger(Statement s, String to, String from) {
        Elementwise.Unary flush = s.has("ftz") ? Flush.of(from) : a -> a;
        DoubleUnaryOperator integral = integral(s);
        long lowest = lowest(to);
        long highest = highest(to);
        boolean wide = to.equals("u64");
        Types.Reader x = Types.reader(from);
        return a -> {
            double value = integral.applyAsDouble(x.of(flush.of(a)));
            if (wide && value >= 0x1p63) {
                return value >= 0x1p64 ? -1 : (long) (value - 0x1p63) ^ Long.MIN_VALUE;
            }
            return Math.clamp((long) value, lowest, highest);
        };
    }
}
