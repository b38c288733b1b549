package org.wandagpu.simulator;

import java.util.function.DoubleUnaryOperator;

/** Functions of doubles as functions of the bits of a type. */
final class Functions {

    private Functions() {
    }

    static Elementwise.Unary of(String type, DoubleUnaryOperator function) {
        Types.Reader x = Types.reader(type);
        Types.Writer result = Types.writer(type);
        return a -> result.of(function.applyAsDouble(x.of(a)));
    }

    /** The four operations: exact in double for 16-bit types, and rounded as it should be for f64 itself. */
    static Elementwise.Binary of(String type, String root) {
        Types.Reader x = Types.reader(type);
        Types.Writer result = Types.writer(type);
        return switch (root) {
            case "add" -> (a, b) -> result.of(x.of(a) + x.of(b));
            case "sub" -> (a, b) -> result.of(x.of(a) - x.of(b));
            case "mul" -> (a, b) -> result.of(x.of(a) * x.of(b));
            case "div" -> (a, b) -> result.of(x.of(a) / x.of(b));
            default -> throw new UnsupportedOperationException(root);
        };
    }
}
