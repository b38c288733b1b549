package org.wandagpu.simulator;

import java.util.function.LongBinaryOperator;

/** Barriers, and what lanes of a warp tell each other. */
final class WarpInstructions {

    /** Computes for the lanes {@code group}, which named the same members. */
    @FunctionalInterface
    private interface Grouped {
        void run(Warp warp, int group);
    }

    private WarpInstructions() {
    }

    static Operation barrier(Statement s) {
        if (s.has("warp")) {
            int members = s.row(0);
            return (warp, active) -> warp.meet((int) warp.rows[members][Integer.numberOfTrailingZeros(active)], active);
        }
        if (s.has("red")) {
            return BarrierReduction.barrier(s);
        }
        if (s.has("cluster")) {
            throw new UnsupportedOperationException(s.opcode());
        }
        int id = s.row(0);
        int threads = s.operands().size() > 1 ? s.row(1) : -1;
        boolean arrives = s.has("arrive");
        boolean aligned = Decoder.aligned(s);
        return (warp, active) -> {
            int lane = Integer.numberOfTrailingZeros(active);
            int number = (int) warp.rows[id][lane];
            int count = threads < 0 ? 0 : (int) warp.rows[threads][lane];
            if (arrives) {
                warp.block.barriers.arrive(warp, number, count, false);
            } else {
                warp.waitAt(number, count, aligned);
            }
        };
    }

    static Operation decode(Statement s) {
        if (s.root().equals("activemask")) {
            int to = s.row(0);
            return (warp, active) -> fill(warp, to, active, active & 0xffffffffL);
        }
        int members = s.operands().getLast().row();
        return switch (s.root()) {
            case "shfl" -> grouped(members, shuffle(s));
            case "vote" -> grouped(members, vote(s));
            case "match" -> grouped(members, match(s));
            case "redux" -> grouped(members, redux(s));
            default -> throw new UnsupportedOperationException(s.opcode());
        };
    }

    private static Operation grouped(int members, Grouped operation) {
        return (warp, active) -> {
            int left = active;
            while (left != 0) {
                int named = (int) warp.rows[members][Integer.numberOfTrailingZeros(left)];
                int group = 0;
                for (int rest = left; rest != 0; rest &= rest - 1) {
                    int lane = Integer.numberOfTrailingZeros(rest);
                    group |= (int) warp.rows[members][lane] == named ? 1 << lane : 0;
                }
                warp.checkMembers(named, group);
                operation.run(warp, group);
                left &= ~group;
            }
        };
    }

    private static void fill(Warp warp, int row, int lanes, long value) {
        for (int rest = lanes; rest != 0; rest &= rest - 1) {
            warp.rows[row][Integer.numberOfTrailingZeros(rest)] = value;
        }
    }

    private static Grouped shuffle(Statement s) {
        int[] to = s.operands().get(0).rows();
        int value = s.row(1);
        int by = s.row(2);
        int limits = s.row(3);
        boolean up = s.has("up");
        boolean down = s.has("down");
        boolean butterfly = s.has("bfly");
        return (warp, group) -> {
            long[] from = warp.rows[value].clone();
            for (int rest = group; rest != 0; rest &= rest - 1) {
                int lane = Integer.numberOfTrailingZeros(rest);
                int clamp = (int) warp.rows[limits][lane] & 31;
                int segment = (int) warp.rows[limits][lane] >>> 8 & 31;
                int b = (int) warp.rows[by][lane] & 31;
                int top = lane & segment | clamp & ~segment;
                int source = up ? lane - b : down ? lane + b
                        : butterfly ? lane ^ b : lane & segment | b & ~segment;
                boolean inside = up ? source >= top : source <= top;
                // Sums over a part of a warp shift values in from outside, which reach no result; a lane that is
                // asked for by its number is another matter.
                if (inside && !up && !down && (group >>> source & 1) == 0) {
                    warp.report(Violation.Kind.LANES_MISSING, source, 0);
                }
                if (to[0] >= 0) {
                    warp.rows[to[0]][lane] = from[inside ? source : lane];
                }
                if (to.length > 1 && to[1] >= 0) {
                    warp.rows[to[1]][lane] = inside ? 1 : 0;
                }
            }
        };
    }

    private static Grouped vote(Statement s) {
        int to = s.row(0);
        Operand predicate = s.operands().get(1);
        boolean ballot = s.has("ballot");
        boolean any = s.has("any");
        boolean all = s.has("all");
        return (warp, group) -> {
            int bits = warp.bits(predicate.row());
            int votes = (predicate.isNegated() ? ~bits : bits) & group;
            long result = ballot ? votes & 0xffffffffL : any ? votes != 0 ? 1 : 0
                    : all ? votes == group ? 1 : 0 : votes == group || votes == 0 ? 1 : 0;
            fill(warp, to, group, result);
        };
    }

    private static Grouped match(Statement s) {
        int[] to = s.operands().get(0).rows();
        int value = s.row(1);
        Elementwise.Unary x = Types.extend(s.type().equals("sync") ? s.type2() : s.type());
        boolean all = s.has("all");
        return (warp, group) -> {
            long[] values = warp.rows[value].clone();
            for (int rest = group; rest != 0; rest &= rest - 1) {
                int lane = Integer.numberOfTrailingZeros(rest);
                int same = 0;
                for (int others = group; others != 0; others &= others - 1) {
                    int other = Integer.numberOfTrailingZeros(others);
                    same |= x.of(values[other]) == x.of(values[lane]) ? 1 << other : 0;
                }
                warp.rows[to[0]][lane] = (all && same != group ? 0 : same) & 0xffffffffL;
                if (to.length > 1) {
                    warp.rows[to[1]][lane] = same == group ? 1 : 0;
                }
            }
        };
    }

    private static Grouped redux(Statement s) {
        int to = s.row(0);
        int value = s.row(1);
        Elementwise.Unary x = Types.extend(s.type());
        LongBinaryOperator join = s.has("add") ? Long::sum : s.has("min") ? Math::min : s.has("max") ? Math::max
                : s.has("and") ? (a, b) -> a & b : s.has("or") ? (a, b) -> a | b : (a, b) -> a ^ b;
        return (warp, group) -> {
            int first = Integer.numberOfTrailingZeros(group);
            long result = x.of(warp.rows[value][first]);
            for (int rest = group & group - 1; rest != 0; rest &= rest - 1) {
                result = join.applyAsLong(result, x.of(warp.rows[value][Integer.numberOfTrailingZeros(rest)]));
            }
            fill(warp, to, group, result);
        };
    }
}
