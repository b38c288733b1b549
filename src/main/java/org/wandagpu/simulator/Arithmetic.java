package org.wandagpu.simulator;

/** Integer and logic instructions; those of floating point go on to {@link FloatArithmetic}. */
final class Arithmetic {

    private Arithmetic() {
    }

    static Operation decode(Statement s) {
        if (s.root().equals("testp")) {
            return Classes.decode(s);
        }
        if (Types.isFloat(s.type())) {
            return FloatArithmetic.decode(s);
        }
        String type = s.type();
        return switch (s.root()) {
            case "add" -> sum(s, (a, b) -> a + b);
            case "sub" -> sum(s, (a, b) -> a - b);
            case "mul" -> Elementwise.binary(s, product(s));
            case "mul24" -> Elementwise.binary(s, product24(s));
            case "mad" -> multiplyAdd(s, product(s));
            case "mad24" -> multiplyAdd(s, product24(s));
            case "div", "rem", "min", "max" -> divide(s, type);
            case "neg" -> Elementwise.unary(s, a -> -a);
            case "abs" -> abs(s, type);
            case "sad" -> sad(s, type);
            case "and" -> Elementwise.binary(s, (a, b) -> a & b);
            case "or" -> Elementwise.binary(s, (a, b) -> a | b);
            case "xor" -> Elementwise.binary(s, (a, b) -> a ^ b);
            case "not" -> Elementwise.unary(s, type.equals("pred") ? a -> a ^ 1 : a -> ~a);
            case "cnot" -> cnot(s, type);
            case "shl", "shr" -> shift(s, type);
            case "lop3" -> lop3(s);
            case "dp4a" -> dp4a(s);
            case "dp2a" -> dp2a(s);
            default -> BitFields.decode(s);
        };
    }

    /** The part of a product that mul and mad name. */
    static Elementwise.Binary product(Statement s) {
        String type = s.type();
        Elementwise.Unary x = Types.extend(type);
        return s.has("wide") ? (a, b) -> x.of(a) * x.of(b)
                : s.has("hi") ? (a, b) -> high(type, x.of(a), x.of(b)) : (a, b) -> a * b;
    }

    /** Of 24 bits each: the low or the high 32 of 48. */
    private static Elementwise.Binary product24(Statement s) {
        int shift = s.has("hi") ? 16 : 0;
        return Types.signed(s.type()) ? (a, b) -> (a << 40 >> 40) * (b << 40 >> 40) >> shift
                : (a, b) -> (a & 0xffffff) * (b & 0xffffff) >> shift;
    }

    private static Operation multiplyAdd(Statement s, Elementwise.Binary product) {
        return Elementwise.ternary(s, saturated(s, (a, b, c) -> product.of(a, b) + c));
    }

    private static Elementwise.Ternary saturated(Statement s, Elementwise.Ternary function) {
        Elementwise.Unary x = Types.extend("s32");
        return s.has("sat") ? (a, b, c) -> Math.clamp(function.of(x.of(a), x.of(b), x.of(c)), Integer.MIN_VALUE,
                Integer.MAX_VALUE) : function;
    }

    private static Operation sum(Statement s, Elementwise.Binary function) {
        Elementwise.Ternary saturated = saturated(s, (a, b, c) -> function.of(a, b));
        return Elementwise.binary(s, s.has("sat") ? (a, b) -> saturated.of(a, b, 0) : function);
    }

    private static long high(String type, long a, long b) {
        int bits = 8 * Literals.bytes(type);
        if (bits < 64) {
            return a * b >> bits;
        }
        return Types.signed(type) ? Math.multiplyHigh(a, b) : Math.unsignedMultiplyHigh(a, b);
    }

    private static Operation divide(Statement s, String type) {
        Elementwise.Unary x = Types.extend(type);
        boolean whole = type.equals("u64");
        return switch (s.root()) {
            case "div" -> Elementwise.binary(s, whole ? (a, b) -> b == 0 ? -1 : Long.divideUnsigned(a, b)
                    : (a, b) -> x.of(b) == 0 ? -1 : x.of(a) / x.of(b));
            case "rem" -> Elementwise.binary(s, whole ? (a, b) -> b == 0 ? a : Long.remainderUnsigned(a, b)
                    : (a, b) -> x.of(b) == 0 ? a : x.of(a) % x.of(b));
            case "min" -> Elementwise.binary(s, whole ? (a, b) -> Long.compareUnsigned(a, b) < 0 ? a : b
                    : (a, b) -> Math.min(x.of(a), x.of(b)));
            default -> Elementwise.binary(s, whole ? (a, b) -> Long.compareUnsigned(a, b) > 0 ? a : b
                    : (a, b) -> Math.max(x.of(a), x.of(b)));
        };
    }

    private static Operation abs(Statement s, String type) {
        Elementwise.Unary x = Types.extend(type);
        return Elementwise.unary(s, a -> Math.abs(x.of(a)));
    }

    private static Operation sad(Statement s, String type) {
        Elementwise.Unary x = Types.extend(type);
        return Elementwise.ternary(s, (a, b, c) -> c + Math.abs(x.of(a) - x.of(b)));
    }

    private static Operation cnot(Statement s, String type) {
        long mask = Bytes.ones(Literals.bytes(type));
        return Elementwise.unary(s, a -> (a & mask) == 0 ? 1 : 0);
    }

    private static Operation shift(Statement s, String type) {
        Elementwise.Unary x = Types.extend(type);
        int bits = 8 * Literals.bytes(type);
        if (s.root().equals("shl")) {
            return Elementwise.binary(s, (a, b) -> (b & 0xffffffffL) >= bits ? 0 : a << b);
        }
        boolean signed = Types.signed(type);
        return Elementwise.binary(s, (a, b) -> {
            long by = b & 0xffffffffL;
            if (by >= bits) {
                return signed && x.of(a) < 0 ? -1 : 0;
            }
            return signed ? x.of(a) >> by : x.of(a) >>> by;
        });
    }

    private static Operation lop3(Statement s) {
        int[] r = {s.row(0), s.row(1), s.row(2), s.row(3), s.row(4)};
        return (warp, active) -> {
            long[][] rows = warp.rows;
            for (int rest = active; rest != 0; rest &= rest - 1) {
                int lane = Integer.numberOfTrailingZeros(rest);
                long table = rows[r[4]][lane];
                long result = 0;
                for (int i = 0; i < 8; i++) {
                    if ((table >>> i & 1) != 0) {
                        result |= ((i & 4) != 0 ? rows[r[1]][lane] : ~rows[r[1]][lane])
                                & ((i & 2) != 0 ? rows[r[2]][lane] : ~rows[r[2]][lane])
                                & ((i & 1) != 0 ? rows[r[3]][lane] : ~rows[r[3]][lane]);
                    }
                }
                rows[r[0]][lane] = result;
            }
        };
    }

    private static Operation dp4a(Statement s) {
        boolean firstSigned = Types.signed(s.type2());
        boolean secondSigned = Types.signed(s.type());
        return Elementwise.ternary(s, (a, b, c) -> {
            long sum = c;
            for (int i = 0; i < 32; i += 8) {
                sum += part(firstSigned, a, i) * part(secondSigned, b, i);
            }
            return sum;
        });
    }

    /** Two 16-bit values times the two lower or upper bytes. */
    private static Operation dp2a(Statement s) {
        int from = s.has("hi") ? 16 : 0;
        boolean firstSigned = Types.signed(s.type2());
        boolean secondSigned = Types.signed(s.type());
        return Elementwise.ternary(s, (a, b, c) -> {
            long low = firstSigned ? (short) a : a & 0xffff;
            long high = firstSigned ? (short) (a >>> 16) : a >>> 16 & 0xffff;
            return c + low * part(secondSigned, b, from) + high * part(secondSigned, b, from + 8);
        });
    }

    private static long part(boolean signed, long value, int at) {
        return signed ? (byte) (value >>> at) : value >>> at & 0xff;
    }
}
