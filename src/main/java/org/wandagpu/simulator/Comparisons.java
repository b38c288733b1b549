package org.wandagpu.simulator;

import java.util.List;

/** setp and set. */
final class Comparisons {

    private Comparisons() {
    }

    static Operation setp(Statement s) {
        List<String> parts = List.of(s.opcode().split("\\."));
        String type = s.type();
        if (s.has("ftz")) {
            throw new UnsupportedOperationException(s.opcode());
        }
        Elementwise.Binary compare = Types.isFloat(type) ? floats(parts.get(1), type) : integers(parts.get(1), type);
        if (s.root().equals("set")) {
            boolean one = Types.isFloat(s.type2());
            return Elementwise.binary(s, (a, b) -> compare.of(a, b) == 0 ? 0 : one ? 0x3f800000L : 0xffffffffL);
        }
        Operand to = s.operands().get(0);
        int[] targets = to.rows();
        int first = s.row(1);
        int second = s.row(2);
        Operand with = s.operands().size() > 3 ? s.operands().get(3) : null;
        String join = with == null ? "" : parts.get(2);
        return (warp, active) -> {
            long[] a = warp.rows[first];
            long[] b = warp.rows[second];
            for (int rest = active; rest != 0; rest &= rest - 1) {
                int lane = Integer.numberOfTrailingZeros(rest);
                long result = compare.of(a[lane], b[lane]);
                set(warp, targets[0], lane, join(join, result, with, warp, lane));
                if (targets.length > 1) {
                    set(warp, targets[1], lane, join(join, 1 - result, with, warp, lane));
                }
            }
        };
    }

    private static void set(Warp warp, int row, int lane, long value) {
        if (row >= 0) {
            warp.rows[row][lane] = value;
        }
    }

    private static long join(String join, long result, Operand with, Warp warp, int lane) {
        if (with == null) {
            return result;
        }
        long other = warp.rows[with.row()][lane] ^ (with.isNegated() ? 1 : 0);
        return switch (join) {
            case "and" -> result & other;
            case "or" -> result | other;
            default -> result ^ other;
        };
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

    private static Elementwise.Binary floats(String how, String type) {
        return (a, b) -> test(how, Types.toDouble(type, a), Types.toDouble(type, b)) ? 1 : 0;
    }

    private static boolean test(String how, double a, double b) {
        boolean unordered = a != a || b != b;
        return switch (how) {
            case "eq" -> a == b;
            case "ne" -> !unordered && a != b;
            case "lt" -> a < b;
            case "le" -> a <= b;
            case "gt" -> a > b;
            case "ge" -> a >= b;
            case "equ" -> unordered || a == b;
            case "neu" -> unordered || a != b;
            case "ltu" -> unordered || a < b;
            case "leu" -> unordered || a <= b;
            case "gtu" -> unordered || a > b;
            case "geu" -> unordered || a >= b;
            case "num" -> !unordered;
            case "nan" -> unordered;
            default -> throw new UnsupportedOperationException(how);
        };
    }
}
