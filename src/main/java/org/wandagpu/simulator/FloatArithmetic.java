package org.wandagpu.simulator;

/**
 * Floating-point instructions. Those of 16 bits are computed exactly in double and rounded once; approximate functions
 * are evaluated in double and rounded, which is closer than the hardware: compare with a tolerance.
 */
final class FloatArithmetic {

    private FloatArithmetic() {
    }

    static Operation decode(Statement s) {
        boolean packed = s.type().endsWith("x2");
        String type = packed ? s.type().substring(0, s.type().length() - 2) : s.type();
        return switch (s.operands().size()) {
            case 2 -> {
                Elementwise.Unary one = Flush.unary(s, type, one(s, type));
                yield Elementwise.unary(s, packed ? a -> one.of(a & 0xffff) | one.of(a >>> 16 & 0xffff) << 16 : one);
            }
            case 3 -> {
                Elementwise.Binary two = Flush.binary(s, type, two(s, type));
                yield Elementwise.binary(s, packed ? (a, b) -> two.of(a & 0xffff, b & 0xffff)
                        | two.of(a >>> 16 & 0xffff, b >>> 16 & 0xffff) << 16 : two);
            }
            default -> {
                Elementwise.Ternary three = Flush.ternary(s, type, three(s, type));
                yield Elementwise.ternary(s, packed ? (a, b, c) -> three.of(a & 0xffff, b & 0xffff, c & 0xffff)
                        | three.of(a >>> 16 & 0xffff, b >>> 16 & 0xffff, c >>> 16 & 0xffff) << 16 : three);
            }
        };
    }

    private static Elementwise.Unary one(Statement s, String type) {
        long sign = 1L << 8 * Literals.bytes(type) - 1;
        Elementwise.Unary function = switch (s.root()) {
            case "abs" -> a -> a & sign - 1;
            case "neg" -> a -> a ^ sign;
            case "sqrt" -> Functions.of(type, Math::sqrt);
            case "rcp" -> Functions.of(type, a -> 1 / a);
            case "rsqrt" -> Functions.of(type, a -> 1 / Math.sqrt(a));
            case "ex2" -> Functions.of(type, a -> Math.pow(2, a));
            case "lg2" -> Functions.of(type, a -> Math.log(a) / Math.log(2));
            case "sin" -> Functions.of(type, Math::sin);
            case "cos" -> Functions.of(type, Math::cos);
            case "tanh" -> Functions.of(type, Math::tanh);
            default -> throw new UnsupportedOperationException(s.opcode());
        };
        Rounding rounding = Rounding.of(s);
        if (rounding == Rounding.NEAREST) {
            return function;
        }
        return a -> {
            long nearest = function.of(a);
            return rounding.apply(type, nearest, Rounding.excess(s.root(), Types.toDouble(type, a), 0, 0,
                    Types.toDouble(type, nearest)));
        };
    }

    private static Elementwise.Binary two(Statement s, String type) {
        Elementwise.Binary function = switch (s.root()) {
            case "min", "max" -> Extremes.function(s, type);
            case "copysign" -> {
                long sign = 1L << 8 * Literals.bytes(type) - 1;
                yield (a, b) -> b & sign - 1 | a & sign;
            }
            default -> type.equals("f32") ? single(s) : Functions.of(type, s.root());
        };
        Rounding rounding = Rounding.of(s);
        Elementwise.Binary rounded = rounding == Rounding.NEAREST ? function : (a, b) -> {
            long nearest = function.of(a, b);
            return rounding.apply(type, nearest, Rounding.excess(s.root(), Types.toDouble(type, a),
                    Types.toDouble(type, b), 0, Types.toDouble(type, nearest)));
        };
        if (!limited(s)) {
            return rounded;
        }
        Elementwise.Unary limit = limit(s, type);
        return (a, b) -> limit.of(rounded.of(a, b));
    }

    private static Elementwise.Binary single(Statement s) {
        return switch (s.root()) {
            case "add" -> (a, b) -> Types.bits(Types.f32(a) + Types.f32(b));
            case "sub" -> (a, b) -> Types.bits(Types.f32(a) - Types.f32(b));
            case "mul" -> (a, b) -> Types.bits(Types.f32(a) * Types.f32(b));
            case "div" -> (a, b) -> Types.bits(Types.f32(a) / Types.f32(b));
            default -> throw new UnsupportedOperationException(s.opcode());
        };
    }

    private static Elementwise.Ternary three(Statement s, String type) {
        if (!s.root().equals("fma") && !s.root().equals("mad")) {
            throw new UnsupportedOperationException(s.opcode());
        }
        Types.Reader x = Types.reader(type);
        Types.Writer result = Types.writer(type);
        Elementwise.Ternary fma = type.equals("f32")
                ? (a, b, c) -> Types.bits(Math.fma(Types.f32(a), Types.f32(b), Types.f32(c)))
                : (a, b, c) -> result.of(Math.fma(x.of(a), x.of(b), x.of(c)));
        Rounding rounding = Rounding.of(s);
        Elementwise.Ternary rounded = rounding == Rounding.NEAREST ? fma : (a, b, c) -> {
            long nearest = fma.of(a, b, c);
            return rounding.apply(type, nearest, Rounding.excess("fma", Types.toDouble(type, a),
                    Types.toDouble(type, b), Types.toDouble(type, c), Types.toDouble(type, nearest)));
        };
        if (!limited(s)) {
            return rounded;
        }
        Elementwise.Unary limit = limit(s, type);
        return (a, b, c) -> limit.of(rounded.of(a, b, c));
    }

    private static boolean limited(Statement s) {
        return s.has("sat") || s.has("relu");
    }

    /** {@code .sat} puts a result between 0 and 1, {@code .relu} above 0 and leaves NaN. */
    static Elementwise.Unary limit(Statement s, String type) {
        boolean relu = s.has("relu");
        if (!relu && !s.has("sat")) {
            return a -> a;
        }
        long one = Types.fromDouble(type, 1);
        return a -> {
            double value = Types.toDouble(type, a);
            return relu ? value < 0 || value == 0 ? 0 : a : value > 0 ? value < 1 ? a : one : 0;
        };
    }
}
