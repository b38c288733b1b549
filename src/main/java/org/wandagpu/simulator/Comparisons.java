package org.wandagpu.simulator;

import java.util.List;

/** setp and set. */
final class Comparisons {

    /** A relation of two numbers. */
    @FunctionalInterface
    private interface Relation {
        boolean holds(double a, double b);
    }

    private Comparisons() {
    }

    static Operation setp(Statement s) {
        Elementwise.Binary compare = comparison(s, s.type());
        int[] targets = s.operands().get(0).rows();
        int first = s.row(1);
        int second = s.row(2);
        Operand with = s.operands().size() > 3 ? s.operands().get(3) : null;
        String join = with == null ? "" : s.opcode().split("\\.")[2];
        boolean packed = s.type().endsWith("x2");
        if (targets.length == 1 && with == null && targets[0] >= 0) {
            return Elementwise.binary(s, packed ? (a, b) -> compare.of(a, b) & 1 : compare);
        }
        return (warp, active) -> {
            long[] a = warp.rows[first];
            long[] b = warp.rows[second];
            for (int rest = active; rest != 0; rest &= rest - 1) {
                int lane = Integer.numberOfTrailingZeros(rest);
                long result = compare.of(a[lane], b[lane]);
                set(warp, targets[0], lane, join(join, result & 1, with, warp, lane));
                if (targets.length > 1) {
                    // The second result is the opposite of the first, or that of the upper halves.
                    set(warp, targets[1], lane, join(join, packed ? result >>> 1 : 1 - result, with, warp, lane));
                }
            }
        };
    }

    /** A number of the target's type instead of a predicate: 1 or all bits for true, for each of packed halves. */
    static Operation set(Statement s) {
        String to = s.type2();
        Elementwise.Binary compare = comparison(s, s.type());
        String scalar = to.endsWith("x2") ? to.substring(0, to.length() - 2) : to;
        boolean packed = s.type().endsWith("x2");
        long yes = Types.isFloat(scalar) ? Types.fromDouble(scalar, 1) : Bytes.ones(packed ? 2 : Literals.bytes(to));
        Elementwise.Unary value = packed ? found -> (found & 1) * yes | (found >>> 1) * yes << 16
                : found -> found != 0 ? yes : 0;
        if (s.operands().size() == 3) {
            return Elementwise.binary(s, (a, b) -> value.of(compare.of(a, b)));
        }
        String join = s.opcode().split("\\.")[2];
        long flip = s.operands().get(3).isNegated() ? 1 : 0;
        return Elementwise.ternary(s, (a, b, p) -> value.of(join(join, compare.of(a, b), p ^ flip)));
    }

    private static void set(Warp warp, int row, int lane, long value) {
        if (row >= 0) {
            warp.rows[row][lane] = value;
        }
    }

    private static long join(String join, long result, Operand with, Warp warp, int lane) {
        return with == null ? result : join(join, result, warp.rows[with.row()][lane] ^ (with.isNegated() ? 1 : 0));
    }

    private static long join(String join, long result, long other) {
        return switch (join) {
            case "and" -> result & other;
            case "or" -> result | other;
            default -> result ^ other;
        };
    }

    /** Gives 1 for true; for packed halves bit 1 is the result of the upper ones. */
    private static Elementwise.Binary comparison(Statement s, String type) {
        String how = List.of(s.opcode().split("\\.")).get(1);
        if (!Types.isFloat(type)) {
            return integers(how, type);
        }
        String scalar = type.endsWith("x2") ? type.substring(0, type.length() - 2) : type;
        Relation relation = floats(how);
        Elementwise.Unary flush = s.has("ftz") ? Flush.of(scalar) : a -> a;
        Types.Reader x = Types.reader(scalar);
        Elementwise.Binary one = (a, b) -> relation.holds(x.of(flush.of(a)), x.of(flush.of(b))) ? 1 : 0;
        return scalar.equals(type) ? one : (a, b) -> one.of(a & 0xffff, b & 0xffff)
                | one.of(a >>> 16 & 0xffff, b >>> 16 & 0xffff) << 1;
    }

    private static Elementwise.Binary integers(String how, String type) {
        Elementwise.Unary x = Types.extend(type);
        // Flipping the top bit orders unsigned 64-bit values; narrower ones are already non-negative.
        long flip = Types.signed(type) ? 0 : Long.MIN_VALUE;
        return switch (how) {
            case "eq" -> (a, b) -> x.of(a) == x.of(b) ? 1 : 0;
            case "ne" -> (a, b) -> x.of(a) != x.of(b) ? 1 : 0;
            case "lt", "lo" -> (a, b) -> (x.of(a) ^ flip) < (x.of(b) ^ flip) ? 1 : 0;
            case "le", "ls" -> (a, b) -> (x.of(a) ^ flip) <= (x.of(b) ^ flip) ? 1 : 0;
            case "gt", "hi" -> (a, b) -> (x.of(a) ^ flip) > (x.of(b) ^ flip) ? 1 : 0;
            case "ge", "hs" -> (a, b) -> (x.of(a) ^ flip) >= (x.of(b) ^ flip) ? 1 : 0;
            default -> throw new UnsupportedOperationException(how);
        };
    }

    private static Relation floats(String how) {
        return switch (how) {
            case "eq" -> (a, b) -> a == b;
            case "ne" -> (a, b) -> a < b || a > b;
            case "lt" -> (a, b) -> a < b;
            case "le" -> (a, b) -> a <= b;
            case "gt" -> (a, b) -> a > b;
            case "ge" -> (a, b) -> a >= b;
            case "equ" -> (a, b) -> !(a < b || a > b);
            case "neu" -> (a, b) -> a != b;
            case "ltu" -> (a, b) -> !(a >= b);
            case "leu" -> (a, b) -> !(a > b);
            case "gtu" -> (a, b) -> !(a <= b);
            case "geu" -> (a, b) -> !(a < b);
            case "num" -> (a, b) -> a == a && b == b;
            case "nan" -> (a, b) -> a != a || b != b;
            default -> throw new UnsupportedOperationException(how);
        };
    }
}
