package org.wandagpu.simulator;

/**
 * mbarrier: a barrier that is 64 bits of shared memory. A phase ends when as many arrivals have come as are expected;
 * who waits asks whether a phase is over. Arriving releases and asking acquires, as strong accesses with a fence do.
 *
 * <p>The bits, which programs must not look into: 20 of arrivals expected, 20 still pending, the phase on top.
 */
final class MemoryBarriers {

    private static final int COUNT_BITS = 20;
    private static final long COUNT = (1L << COUNT_BITS) - 1;
    private static final int BYTES = 8;

    private MemoryBarriers() {
    }

    /** Changes or reads the barrier at an address for one lane. */
    @FunctionalInterface
    private interface Change {
        void apply(Warp warp, int lane, Memory memory, long address);
    }

    static Operation decode(Statement s) {
        return switch (s.opcode().split("\\.")[1]) {
            case "init" -> {
                int count = s.row(1);
                yield each(s, 0, (warp, lane, memory, at) -> {
                    long expected = warp.rows[count][lane] & COUNT;
                    memory.write(warp, lane, at, BYTES, expected << COUNT_BITS | expected, true);
                });
            }
            case "inval" -> each(s, 0, (warp, lane, memory, at) -> memory.write(warp, lane, at, BYTES, 0, true));
            case "arrive", "arrive_drop" -> arrive(s);
            case "test_wait", "try_wait" -> test(s);
            case "pending_count" -> {
                yield Elementwise.unary(s, state -> state >>> COUNT_BITS & COUNT);
            }
            default -> throw new UnsupportedOperationException(s.opcode());
        };
    }

    private static Operation each(Statement s, int operand, Change change) {
        Operand address = s.operands().get(operand);
        Spaces.Space space = Spaces.of(s);
        return (warp, active) -> {
            Memory memory = Spaces.memory(space, warp);
            for (int rest = active; rest != 0; rest &= rest - 1) {
                int lane = Integer.numberOfTrailingZeros(rest);
                long at = warp.rows[address.row()][lane] + address.offset();
                if (!MemoryInstructions.misaligned(warp, lane, at, BYTES)) {
                    change.apply(warp, lane, memory, at);
                }
            }
        };
    }

    private static Operation arrive(Statement s) {
        if (s.has("expect_tx") || s.has("shared::cluster")) {
            throw new UnsupportedOperationException(s.opcode());
        }
        int to = s.row(0);
        int count = s.operands().size() > 2 ? s.row(2) : -1;
        boolean drops = s.has("arrive_drop");
        Operation arrivals = each(s, 1, (warp, lane, memory, at) -> {
            long arriving = count < 0 ? 1 : warp.rows[count][lane];
            long old = arrive(warp, lane, memory, at, arriving, drops ? arriving : 0);
            if (to >= 0) {
                warp.rows[to][lane] = old;
            }
        });
        return (warp, active) -> {
            warp.clock.fence(false);
            arrivals.run(warp, active);
        };
    }

    /** cp.async.mbarrier.arrive: an arrival when all earlier copies of the lane have landed, which they do now. */
    static Operation arriveAfterCopies(Statement s) {
        // Without .noinc one more arrival is expected first, so that nothing is pending less.
        int arriving = s.has("noinc") ? 1 : 0;
        Operation arrivals = each(s, 0, (warp, lane, memory, at) -> arrive(warp, lane, memory, at, arriving, 0));
        return (warp, active) -> {
            warp.copies.land(active);
            warp.clock.fence(false);
            arrivals.run(warp, active);
        };
    }

    /** @return the state before */
    private static long arrive(Warp warp, int lane, Memory memory, long at, long arriving, long dropped) {
        long old = memory.read(warp, lane, at, BYTES, true);
        long expected = (old & COUNT) - dropped;
        long pending = (old >>> COUNT_BITS & COUNT) - arriving;
        long phase = old & Long.MIN_VALUE;
        if (pending < 0) {
            warp.report(Violation.Kind.BARRIER_MISUSED, lane, at);
        }
        boolean over = arriving > 0 && pending <= 0;
        long next = over ? phase ^ Long.MIN_VALUE | expected << COUNT_BITS : phase | pending << COUNT_BITS;
        memory.write(warp, lane, at, BYTES, next | expected, true);
        return old;
    }

    /** Whether the phase of a state, or the last one of a parity, is over. */
    private static Operation test(Statement s) {
        int to = s.row(0);
        int of = s.row(2);
        boolean parity = s.has("parity");
        return each(s, 1, (warp, lane, memory, at) -> {
            long phase = memory.read(warp, lane, at, BYTES, true) >>> 63;
            long asked = parity ? warp.rows[of][lane] & 1 : warp.rows[of][lane] >>> 63;
            warp.rows[to][lane] = phase != asked ? 1 : 0;
        });
    }
}
