package org.wandagpu.simulator;

import java.util.List;

/** What bar.red tells all threads when its barrier opens: how many gave a true predicate, whether all, whether any. */
final class BarrierReduction {

    private final Statement statement;
    private final int votes;
    private final int lanes;

    private BarrierReduction(Statement statement, int votes, int lanes) {
        this.statement = statement;
        this.votes = votes;
        this.lanes = lanes;
    }

    static Operation barrier(Statement s) {
        Operand predicate = s.operands().getLast();
        int id = s.row(1);
        int threads = s.operands().size() > 3 ? s.row(2) : -1;
        return (warp, active) -> {
            int lane = Integer.numberOfTrailingZeros(active);
            int bits = warp.bits(predicate.row());
            warp.reduceAtBarrier(new BarrierReduction(s, (predicate.isNegated() ? ~bits : bits) & active, active));
            warp.waitAt((int) warp.rows[id][lane], threads < 0 ? 0 : (int) warp.rows[threads][lane],
                    Decoder.aligned(s));
        };
    }

    /** Gives all arrived warps the result. */
    static void finish(List<Warp> arrived) {
        int count = 0;
        boolean all = true;
        for (Warp warp : arrived) {
            BarrierReduction part = warp.reduction();
            if (part != null) {
                count += Integer.bitCount(part.votes);
                all &= part.votes == part.lanes;
            }
        }
        for (Warp warp : arrived) {
            BarrierReduction part = warp.reduction();
            if (part != null) {
                part.give(warp, part.statement.has("popc") ? count
                        : (part.statement.has("and") ? all : count > 0) ? 1 : 0);
                warp.reduceAtBarrier(null);
            }
        }
    }

    private void give(Warp warp, int result) {
        for (int rest = lanes; rest != 0; rest &= rest - 1) {
            warp.rows[statement.row(0)][Integer.numberOfTrailingZeros(rest)] = result;
        }
    }
}
