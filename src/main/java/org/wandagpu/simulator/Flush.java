package org.wandagpu.simulator;

/** What {@code .ftz} does to operands and results: subnormals become zeros of their sign. */
final class Flush {

    private Flush() {
    }

    /** The same function, flushed if the statement says so. */
    static Elementwise.Unary unary(Statement s, String type, Elementwise.Unary function) {
        if (!s.has("ftz")) {
            return function;
        }
        Elementwise.Unary flush = of(type);
        return a -> flush.of(function.of(flush.of(a)));
    }

    static Elementwise.Binary binary(Statement s, String type, Elementwise.Binary function) {
        if (!s.has("ftz")) {
            return function;
        }
        Elementwise.Unary flush = of(type);
        return (a, b) -> flush.of(function.of(flush.of(a), flush.of(b)));
    }

    static Elementwise.Ternary ternary(Statement s, String type, Elementwise.Ternary function) {
        if (!s.has("ftz")) {
            return function;
        }
        Elementwise.Unary flush = of(type);
        return (a, b, c) -> flush.of(function.of(flush.of(a), flush.of(b), flush.of(c)));
    }

    /** Flushes a value of a type; types that are no floats are left alone. */
    static Elementwise.Unary of(String type) {
        return switch (type) {
            case "f16" -> a -> (a & 0x7c00) == 0 ? a & 0x8000 : a;
            case "bf16" -> a -> (a & 0x7f80) == 0 ? a & 0x8000 : a;
            case "f32" -> a -> (a & 0x7f800000) == 0 ? a & 0x80000000L : a;
            case "f64" -> a -> (a & 0x7ff0L << 48) == 0 ? a & Long.MIN_VALUE : a;
            default -> a -> a;
        };
    }
}
