package org.wandagpu.simulator;

/**
 * Floating-point instructions. Those of 16 bits are computed exactly in double and rounded once; approximate functions
 * are evaluated in double and rounded, which is closer than the hardware: compare with a tolerance.
 */
final class FloatArithmetic {

    private FloatArithmetic() {
    }

    static Operation decode(Statement s) {
        if (s.has("rz") || s.has("rm") || s.has("rp") || s.has("ftz") && !s.type().equals("f32")) {
            throw new UnsupportedOperationException(s.opcode());
        }
        return switch (s.type()) {
            case "f32" -> single(s);
            case "f16x2", "bf16x2" -> packed(s);
            default -> general(s, s.type());
        };
    }

    private static Operation single(Statement s) {
        Elementwise.Binary two = switch (s.root()) {
            case "add" -> (a, b) -> Types.bits(Types.f32(a) + Types.f32(b));
            case "sub" -> (a, b) -> Types.bits(Types.f32(a) - Types.f32(b));
            case "mul" -> (a, b) -> Types.bits(Types.f32(a) * Types.f32(b));
            case "div" -> (a, b) -> Types.bits(Types.f32(a) / Types.f32(b));
            default -> null;
        };
        if (two != null) {
            return s.has("sat") ? saturated(s, two) : Elementwise.binary(s, two);
        }
        if (s.root().equals("fma") || s.root().equals("mad")) {
            Elementwise.Ternary fma = (a, b, c) -> Types.bits(Math.fma(Types.f32(a), Types.f32(b), Types.f32(c)));
            return Elementwise.ternary(s, s.has("sat") ? (a, b, c) -> clamp(fma.of(a, b, c)) : fma);
        }
        if (s.root().equals("abs")) {
            return Elementwise.unary(s, a -> a & 0x7fffffffL);
        }
        if (s.root().equals("neg")) {
            return Elementwise.unary(s, a -> a ^ 0x80000000L);
        }
        if (s.root().equals("copysign")) {
            return Elementwise.binary(s, (a, b) -> b & 0x7fffffffL | a & 0x80000000L);
        }
        return general(s, "f32");
    }

    private static Operation saturated(Statement s, Elementwise.Binary function) {
        return Elementwise.binary(s, (a, b) -> clamp(function.of(a, b)));
    }

    private static long clamp(long bits) {
        float value = Types.f32(bits);
        return Types.bits(value > 0 ? Math.min(value, 1) : 0);
    }

    /** One instruction of any scalar type, by way of double. */
    private static Operation general(Statement s, String type) {
        int count = s.operands().size();
        if (count == 2) {
            return Elementwise.unary(s, a -> one(s, type, a));
        }
        if (count == 3) {
            return Elementwise.binary(s, (a, b) -> two(s.root(), type, a, b, s.has("NaN")));
        }
        if (!s.root().equals("fma") || s.has("relu")) {
            throw new UnsupportedOperationException(s.opcode());
        }
        return Elementwise.ternary(s, (a, b, c) -> fma(type, a, b, c));
    }

    private static long one(Statement s, String type, long bits) {
        double a = Types.toDouble(type, bits);
        long sign = 1L << 8 * Literals.bytes(type) - 1;
        return switch (s.root()) {
            case "abs" -> bits & sign - 1;
            case "neg" -> bits ^ sign;
            case "sqrt" -> Types.fromDouble(type, Math.sqrt(a));
            case "rcp" -> Types.fromDouble(type, 1 / a);
            case "rsqrt" -> Types.fromDouble(type, 1 / Math.sqrt(a));
            case "ex2" -> Types.fromDouble(type, Math.pow(2, a));
            case "lg2" -> Types.fromDouble(type, Math.log(a) / Math.log(2));
            case "sin" -> Types.fromDouble(type, Math.sin(a));
            case "cos" -> Types.fromDouble(type, Math.cos(a));
            case "tanh" -> Types.fromDouble(type, Math.tanh(a));
            default -> throw new UnsupportedOperationException(s.opcode());
        };
    }

    private static long two(String root, String type, long x, long y, boolean keepNan) {
        double a = Types.toDouble(type, x);
        double b = Types.toDouble(type, y);
        return switch (root) {
            case "add" -> Types.fromDouble(type, a + b);
            case "sub" -> Types.fromDouble(type, a - b);
            case "mul" -> Types.fromDouble(type, a * b);
            case "div" -> Types.fromDouble(type, a / b);
            case "min" -> Types.fromDouble(type, a != a && !keepNan ? b : b != b && !keepNan ? a : Math.min(a, b));
            case "max" -> Types.fromDouble(type, a != a && !keepNan ? b : b != b && !keepNan ? a : Math.max(a, b));
            default -> throw new UnsupportedOperationException(root);
        };
    }

    private static long fma(String type, long a, long b, long c) {
        return Types.fromDouble(type, Math.fma(Types.toDouble(type, a), Types.toDouble(type, b),
                Types.toDouble(type, c)));
    }

    private static Operation packed(Statement s) {
        String half = s.type().substring(0, s.type().length() - 2);
        return switch (s.operands().size()) {
            case 2 -> Elementwise.unary(s, a -> one(s, half, a & 0xffff) | one(s, half, a >>> 16 & 0xffff) << 16);
            case 3 -> Elementwise.binary(s, (a, b) -> two(s.root(), half, a & 0xffff, b & 0xffff, s.has("NaN"))
                    | two(s.root(), half, a >>> 16 & 0xffff, b >>> 16 & 0xffff, s.has("NaN")) << 16);
            default -> {
                if (!s.root().equals("fma") || s.has("relu")) {
                    throw new UnsupportedOperationException(s.opcode());
                }
                yield Elementwise.ternary(s, (a, b, c) -> fma(half, a, b, c)
                        | fma(half, a >>> 16, b >>> 16, c >>> 16) << 16);
            }
        };
    }
}
