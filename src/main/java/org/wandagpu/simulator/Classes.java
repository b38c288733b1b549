package org.wandagpu.simulator;

/** testp: which kind of number a float is. */
final class Classes {

    private Classes() {
    }

    static Operation decode(Statement s) {
        boolean wide = s.type().equals("f64");
        String type = s.type();
        double smallest = wide ? Double.MIN_NORMAL : Float.MIN_NORMAL;
        String kind = s.opcode().split("\\.")[1];
        return Elementwise.unary(s, a -> is(kind, Types.toDouble(type, a), smallest) ? 1 : 0);
    }

    private static boolean is(String kind, double value, double smallest) {
        double size = Math.abs(value);
        return switch (kind) {
            case "finite" -> Double.isFinite(value);
            case "infinite" -> Double.isInfinite(value);
            case "number" -> value == value;
            case "notanumber" -> value != value;
            case "normal" -> size >= smallest && Double.isFinite(value);
            case "subnormal" -> size < smallest && size > 0;
            default -> throw new UnsupportedOperationException(kind);
        };
    }
}
