package org.wandagpu.simulator;

import java.math.BigDecimal;

/**
 * Rounding towards zero or one of the infinities: one step from the nearest value where that lies on the wrong side of
 * the exact one. Rare, so exact numbers may be slow.
 */
enum Rounding {
    NEAREST, ZERO, DOWN, UP;

    /** By the suffix of an instruction. */
    static Rounding of(Statement s) {
        return s.has("rz") ? ZERO : s.has("rm") ? DOWN : s.has("rp") ? UP : NEAREST;
    }

    /**
     * @param type of the value
     * @param nearest bits of the nearest value of the type
     * @param excess sign of the exact value minus the nearest one
     */
    long apply(String type, long nearest, int excess) {
        boolean negative = (nearest & sign(type)) != 0;
        return switch (this) {
            case UP -> excess > 0 ? step(type, nearest, true) : nearest;
            case DOWN -> excess < 0 ? step(type, nearest, false) : nearest;
            case ZERO -> !negative && excess < 0 || negative && excess > 0 ? step(type, nearest, negative) : nearest;
            case NEAREST -> nearest;
        };
    }

    private static long sign(String type) {
        return 1L << 8 * Literals.bytes(type) - 1;
    }

    /** The next value up or down: floats are ordered as their bits are, by sign and magnitude. */
    private static long step(String type, long bits, boolean up) {
        long sign = sign(type);
        long magnitude = bits & sign - 1;
        if (magnitude == 0) {
            return up ? 1 : sign | 1;
        }
        boolean grows = (bits & sign) == 0 == up;
        return bits & sign | (grows ? magnitude + 1 : magnitude - 1);
    }

    /** The sign of {@code exact - rounded}; an infinity came of rounding up a finite number. */
    static int excess(BigDecimal exact, double rounded) {
        return Double.isInfinite(rounded) ? rounded > 0 ? -1 : 1 : exact.compareTo(new BigDecimal(rounded));
    }

    /** The same for the result of an instruction; 0 if the result does not come of rounding. */
    static int excess(String root, double a, double b, double c, double rounded) {
        if (!Double.isFinite(a) || !Double.isFinite(b) || !Double.isFinite(c) || rounded != rounded
                || root.equals("div") && b == 0 || root.equals("rcp") && a == 0) {
            return 0;
        }
        if ((root.equals("fma") || root.equals("mad")) && (float) a == a && (float) b == b && (float) c == c) {
            return excessOfProductAndSum(a * b, c, rounded);
        }
        BigDecimal x = new BigDecimal(a);
        BigDecimal y = new BigDecimal(b);
        return switch (root) {
            case "add" -> excess(x.add(y), rounded);
            case "sub" -> excess(x.subtract(y), rounded);
            case "mul" -> excess(x.multiply(y), rounded);
            case "fma", "mad" -> excess(x.multiply(y).add(new BigDecimal(c)), rounded);
            case "div" -> quotient(x, y, rounded);
            case "rcp" -> quotient(BigDecimal.ONE, x, rounded);
            case "sqrt" -> x.compareTo(new BigDecimal(rounded).pow(2));
            default -> throw new UnsupportedOperationException(root);
        };
    }

    /**
     * The same for fp32 operands, whose product is exact in fp64: what the sum loses is found by Knuth's two-sum. It is
     * less than the distance of two fp64 numbers, so it decides only where the sum itself is the result.
     */
    private static int excessOfProductAndSum(double product, double c, double rounded) {
        double sum = product + c;
        double part = sum - product;
        double lost = (product - (sum - part)) + (c - part);
        int difference = Double.compare(sum, rounded);
        return sum == rounded ? (int) Math.signum(lost) : difference;
    }

    private static int quotient(BigDecimal x, BigDecimal y, double rounded) {
        return Double.isInfinite(rounded) ? excess(BigDecimal.ZERO, rounded)
                : y.signum() * x.compareTo(y.multiply(new BigDecimal(rounded)));
    }
}
