package org.wandagpu.simulator;

/** Integer and logic instructions; those of floating point go on to {@link FloatArithmetic}. */
final class Arithmetic {

    private Arithmetic() {
    }

    static Operation decode(Statement s) {
        if (Types.isFloat(s.type()) || s.root().equals("testp")) {
            return FloatArithmetic.decode(s);
        }
        if (s.has("cc")) { // the carry flag is not kept: without it the next instruction would be wrong
            throw new UnsupportedOperationException(s.opcode());
        }
        String type = s.type();
        return switch (s.root()) {
            case "add" -> Elementwise.binary(s, (a, b) -> a + b);
            case "sub" -> Elementwise.binary(s, (a, b) -> a - b);
            case "mul" -> multiply(s, type);
            case "mul24" -> Elementwise.binary(s, (a, b) -> (a << 40 >> 40) * (b << 40 >> 40));
            case "mad" -> multiplyAdd(s, type);
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
            default -> BitFields.decode(s);
        };
    }

    private static Operation multiply(Statement s, String type) {
        Elementwise.Unary x = Types.extend(type);
        if (s.has("wide")) {
            return Elementwise.binary(s, (a, b) -> x.of(a) * x.of(b));
        }
        if (s.has("hi")) {
            return Elementwise.binary(s, (a, b) -> high(type, x.of(a), x.of(b)));
        }
        return Elementwise.binary(s, (a, b) -> a * b);
    }

    private static long high(String type, long a, long b) {
        int bits = 8 * Literals.bytes(type);
        if (bits < 64) {
            return a * b >> bits;
        }
        return Types.signed(type) ? Math.multiplyHigh(a, b) : Math.unsignedMultiplyHigh(a, b);
    }

    private static Operation multiplyAdd(Statement s, String type) {
        Elementwise.Unary x = Types.extend(type);
        if (s.has("wide")) {
            return Elementwise.ternary(s, (a, b, c) -> x.of(a) * x.of(b) + c);
        }
        if (s.has("hi")) {
            return Elementwise.ternary(s, (a, b, c) -> high(type, x.of(a), x.of(b)) + c);
        }
        return Elementwise.ternary(s, (a, b, c) -> a * b + c);
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
                long x = firstSigned ? (byte) (a >>> i) : a >>> i & 0xff;
                long y = secondSigned ? (byte) (b >>> i) : b >>> i & 0xff;
                sum += x * y;
            }
            return sum;
        });
    }
}
