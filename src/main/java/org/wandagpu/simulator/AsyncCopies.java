package org.wandagpu.simulator;

import java.util.List;

/** cp.async: copies, groups and waits. */
final class AsyncCopies {

    private AsyncCopies() {
    }

    static Operation copy(Statement s) {
        if (s.has("mbarrier")) {
            return MemoryBarriers.arriveAfterCopies(s);
        }
        if (!s.has("async") || s.has("bulk")) {
            throw new UnsupportedOperationException(s.opcode());
        }
        if (s.has("commit_group")) {
            return (warp, active) -> warp.copies.commit(active);
        }
        if (s.has("wait_all")) {
            return (warp, active) -> {
                warp.copies.commit(active);
                warp.copies.await(active, 0);
            };
        }
        if (s.has("wait_group")) {
            int count = s.row(0);
            return (warp, active) ->
                    warp.copies.await(active, (int) warp.rows[count][Integer.numberOfTrailingZeros(active)]);
        }
        List<Operand> operands = s.operands();
        int size = s.row(2);
        // The last operand of a copy with a cache hint is the hint.
        int read = operands.size() - (s.has("L2::cache_hint") ? 1 : 0) > 3 ? s.row(3) : size;
        return (warp, active) -> {
            long[] sources = warp.rows[operands.get(1).row()];
            int bytes = (int) warp.rows[size][0];
            Traffic.count(Spaces.Space.GLOBAL, Traffic.Access.LOAD, warp, active, sources,
                    operands.get(1).offset(), bytes);
            Traffic.count(Spaces.Space.SHARED, Traffic.Access.STORE, warp, active, warp.rows[operands.get(0).row()],
                    operands.get(0).offset(), bytes);
            for (int rest = active; rest != 0; rest &= rest - 1) {
                int lane = Integer.numberOfTrailingZeros(rest);
                long to = warp.rows[operands.get(0).row()][lane] + operands.get(0).offset();
                long from = sources[lane] + operands.get(1).offset();
                if (!MemoryInstructions.misaligned(warp, lane, to, bytes)
                        && !MemoryInstructions.misaligned(warp, lane, from, bytes)) {
                    int wanted = (int) Math.min(bytes, warp.rows[read][lane] & 0xffffffffL);
                    warp.copies.issue(lane, to, content(warp, lane, from, bytes, wanted));
                }
            }
        };
    }

    /** What lies behind the first {@code wanted} bytes is zero, and is not read. */
    private static byte[] content(Warp warp, int lane, long from, int bytes, int wanted) {
        byte[] content = new byte[bytes];
        int step = wanted % 4 == 0 ? 4 : 1;
        for (int i = 0; i < wanted; i += step) {
            Bytes.put(content, i, step, warp.block.launch.global.read(warp, lane, from + i, step, false));
        }
        return content;
    }
}
