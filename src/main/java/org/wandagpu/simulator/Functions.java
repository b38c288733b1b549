package org.wandagpu.simulator;

import java.util.function.DoubleUnaryOperator;

/** Functions of doubles as functions of the bits of a type. */
final class Functions {

    private Functions() {
    }

    static Elementwise.Unary of(String type, DoubleUnaryOperator function) {
        return a -> Types.fromDouble(type, function.applyAsDouble(Types.toDouble(type, a)));
    }

    /** The four operations: exact in double for 16-bit types, and rounded as it should be for f64 itself. */
    static Elementwise.Binary of(String type, String root) {
        return switch (root) {
            case "add" -> (a, b) -> Types.fromDouble(type, Types.toDouble(type, a) + Types.toDouble(type, b));
            case "sub" -> (a, b) -> Types.fromDouble(type, Types.toDouble(type, a) - Types.toDouble(type, b));
            case "mul" -> (a, b) -> Types.fromDouble(type, Types.toDouble(type, a) * Types.toDouble(type, b));
            case "div" -> (a, b) -> Types.fromDouble(type, Types.toDouble(type, a) / Types.toDouble(type, b));
            default -> throw new UnsupportedOperationException(root);
        };
    }
}
