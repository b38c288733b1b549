package org.wandagpu.simulator;

import java.util.Arrays;

/**
 * 32 lanes with a program counter each. The lanes at the smallest counter run until they meet the next ones: joins lie
 * behind both arms in compiled code, so this reconverges without knowledge of the control flow.
 */
final class Warp {

    static final int LANES = 32;
    /** Instructions after which another warp gets its turn, so that a loop that waits for it ends. */
    private static final int QUANTUM = 50_000;
    private static final int NO_BARRIER = -1;

    final long[][] rows;
    final Block block;
    final int index;
    final CopyGroups copies;
    private final PtxKernel kernel;
    private final int[] pcs = new int[LANES];
    private final int existing;
    private final byte[][] local;
    private int live;
    private int pc;
    private int barrier = NO_BARRIER;
    private int barrierThreads;
    private BarrierReduction reduction;

    Warp(Block block, int index, int lanes) {
        this.block = block;
        this.index = index;
        this.kernel = block.launch.kernel;
        this.rows = kernel.rows().newWarp();
        this.existing = lanes == LANES ? -1 : (1 << lanes) - 1;
        this.live = existing;
        this.local = new byte[LANES][kernel.localBytes()];
        this.copies = new CopyGroups(this);
        SpecialRegisters.fill(this, kernel.rows().specials());
    }

    /** Runs until all lanes have ended, a barrier is reached or the turn is over. */
    void run() {
        int budget = QUANTUM;
        while (live != 0 && barrier == NO_BARRIER && budget > 0) {
            budget -= runSmallest();
        }
    }

    /** @return number of instructions run */
    private int runSmallest() {
        int first = Integer.MAX_VALUE;
        for (int rest = live; rest != 0; rest &= rest - 1) {
            first = Math.min(first, pcs[Integer.numberOfTrailingZeros(rest)]);
        }
        int mask = 0;
        int limit = Integer.MAX_VALUE;
        for (int rest = live; rest != 0; rest &= rest - 1) {
            int lane = Integer.numberOfTrailingZeros(rest);
            if (pcs[lane] == first) {
                mask |= 1 << lane;
            } else {
                limit = Math.min(limit, pcs[lane]);
            }
        }
        return runGroup(mask, first, limit);
    }

    private int runGroup(int mask, int first, int limit) {
        Operation[] operations = kernel.operations();
        int[] targets = kernel.targets();
        Counters counters = block.launch.counters;
        int at = first;
        int count = 0;
        while (at < limit && count < QUANTUM) {
            count++;
            pc = at;
            int active = active(mask, at);
            counters.executed(at, active);
            if (targets[at] == Decoder.PLAIN) {
                if (active != 0) {
                    operations[at].run(this, active);
                }
                at++;
            } else if (active == 0) {
                at++;
            } else if (targets[at] >= 0 && active == mask) {
                at = targets[at];
            } else {
                control(mask, active, at);
                return count;
            }
        }
        moveTo(mask, at);
        return count;
    }

    private void control(int mask, int active, int at) {
        int target = kernel.targets()[at];
        if (target >= 0) {
            block.launch.counters.divergentBranch();
            moveTo(active, target);
            moveTo(mask & ~active, at + 1);
            return;
        }
        if (target == Decoder.EXIT) {
            live &= ~active;
        } else {
            if (active != live) {
                report(Violation.Kind.BARRIER_NOT_REACHED, Integer.numberOfTrailingZeros(live & ~active), 0);
                block.abandon();
                live = 0;
                return;
            }
            operations(at).run(this, active);
        }
        moveTo(mask, at + 1);
    }

    private Operation operations(int at) {
        return kernel.operations()[at];
    }

    private void moveTo(int lanes, int target) {
        if (lanes == -1) {
            Arrays.fill(pcs, target);
            return;
        }
        for (int rest = lanes; rest != 0; rest &= rest - 1) {
            pcs[Integer.numberOfTrailingZeros(rest)] = target;
        }
    }

    private int active(int mask, int at) {
        Statement statement = kernel.statements().get(at);
        if (statement.guard() < 0) {
            return mask;
        }
        int bits = bits(statement.guard());
        return mask & (statement.guardNegated() ? ~bits : bits);
    }

    /** A predicate row as a mask. */
    int bits(int row) {
        long[] values = rows[row];
        int bits = 0;
        for (int lane = 0; lane < LANES; lane++) {
            bits |= values[lane] != 0 ? 1 << lane : 0;
        }
        return bits;
    }

    void waitAt(int id, int threads) {
        barrier = id;
        barrierThreads = threads;
    }

    void reduceAtBarrier(BarrierReduction part) {
        reduction = part;
    }

    /** Null unless the warp waits with a reduction. */
    BarrierReduction reduction() {
        return reduction;
    }

    void release() {
        barrier = NO_BARRIER;
    }

    boolean ended() {
        return live == 0;
    }

    boolean waiting() {
        return barrier != NO_BARRIER;
    }

    int barrier() {
        return barrier;
    }

    /** Threads that the barrier names, 0 for all. */
    int barrierThreads() {
        return barrierThreads;
    }

    int liveLanes() {
        return live;
    }

    int existingLanes() {
        return existing;
    }

    byte[] local(int lane) {
        return local[lane];
    }

    /** Reports a wrong use by the instruction that runs. */
    void report(Violation.Kind kind, int lane, long address) {
        block.launch.report(kind, pc, block.index, index * LANES + lane, address);
    }

    /** Lanes that a {@code .sync} instruction names must run it together, ended ones included. */
    void checkMembers(int members, int active) {
        int missing = members & existing & ~active;
        if (missing != 0) {
            report(Violation.Kind.LANES_MISSING, Integer.numberOfTrailingZeros(missing), 0);
        }
    }
}
