package org.wandagpu.simulator;

/** min and max of floats: the number where one operand is none, unless {@code .NaN} asks for NaN. */
final class Extremes {

    private Extremes() {
    }

    static Elementwise.Binary function(Statement s, String type) {
        boolean keepNan = s.has("NaN");
        boolean max = s.root().equals("max");
        long sign = 1L << 8 * Literals.bytes(type) - 1;
        if (!s.has("xorsign")) {
            return (a, b) -> extreme(type, a, b, max, keepNan);
        }
        return (a, b) -> extreme(type, a & sign - 1, b & sign - 1, max, keepNan) & sign - 1 | (a ^ b) & sign;
    }

    private static long extreme(String type, long x, long y, boolean max, boolean keepNan) {
        double a = Types.toDouble(type, x);
        double b = Types.toDouble(type, y);
        return Types.fromDouble(type, a != a && !keepNan ? b : b != b && !keepNan ? a
                : max ? Math.max(a, b) : Math.min(a, b));
    }
}
