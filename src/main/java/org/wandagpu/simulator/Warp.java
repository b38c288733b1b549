package org.wandagpu.simulator;

import java.util.Arrays;

/** 32 lanes with their registers, and what they do together. {@link Lanes} says which of them run. */
final class Warp {

    static final int LANES = 32;
    private static final int NO_BARRIER = -1;

    final long[][] rows;
    final Block block;
    final int index;
    final CopyGroups copies;
    final Clock clock;
    final LocalMemory local;
    /** Per row the lanes in which it has no value yet; null in kernels where that cannot matter. */
    final int[] undefined;
    final CallStack calls;
    private final Lanes lanes;
    private int barrier = NO_BARRIER;
    private boolean aligned;
    private BarrierReduction reduction;

    /** @param used registers of the same warp of another block, which has ended; null for fresh ones */
    Warp(Block block, int index, int lanes, int warps, long[][] used) {
        PtxKernel kernel = block.launch.kernel;
        this.block = block;
        this.index = index;
        this.rows = used == null ? kernel.rows().newWarp() : used;
        this.local = new LocalMemory(kernel.localBytes());
        this.undefined = kernel.watchesUndefined() ? kernel.rows().newUndefined() : null;
        this.clock = new Clock(block.index, index, warps);
        this.copies = new CopyGroups(this);
        this.calls = new CallStack(this, kernel.localBytes());
        this.lanes = new Lanes(this, lanes == LANES ? -1 : (1 << lanes) - 1);
        if (used == null) {
            SpecialRegisters.fill(this, kernel.rows().specials());
        } else {
            renew(kernel);
        }
    }

    /** Registers without a value are zero where that can matter. */
    private void renew(PtxKernel kernel) {
        if (kernel.watchesUndefined()) {
            kernel.rows().registers().stream().forEach(row -> Arrays.fill(rows[row], 0));
        }
        SpecialRegisters.renew(this, kernel.rows().specials());
    }

    /** Runs until all lanes have ended, a barrier is reached or the turn is over. */
    void run(int instructions) {
        try {
            lanes.run(instructions);
        } catch (IndexOutOfBoundsException e) {
            throw block.launch.refused(lanes.pc(), e);
        }
    }

    /** A lane goes on elsewhere than behind the instruction that runs. */
    void jump(int lane, int target) {
        lanes.jump(lane, target);
    }

    /** What happened forbids to go on: the block ends. */
    void stop() {
        lanes.stop();
        block.abandon();
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

    /** @param threads that the barrier is for, 0 for all */
    void waitAt(int id, int threads, boolean alignedWarp) {
        barrier = id;
        aligned = alignedWarp;
        block.barriers.arrive(this, id, threads, true);
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
        lanes.passedBarrier();
    }

    void wrote(int lane) {
        lanes.wrote(lane);
    }

    /** Lanes that have ended without the barrier at an instruction, but not before it. */
    int lanesThatPassedBy(int place) {
        return lanes.endedBehind(place);
    }

    boolean ended() {
        return lanes.live() == 0;
    }

    boolean waiting() {
        return barrier != NO_BARRIER;
    }

    /** Whether the barrier that the warp waits at wants every thread. */
    boolean waitsAligned() {
        return aligned;
    }

    boolean canRun() {
        return !ended() && !waiting();
    }

    /** Whether the warp went round in circles at the end of its last turn: only others can change that. */
    boolean spins() {
        return !ended() && !waiting() && lanes.spins();
    }

    int liveLanes() {
        return lanes.live();
    }

    int existingLanes() {
        return lanes.existing();
    }

    int pc() {
        return lanes.pc();
    }

    /** Reports a wrong use by the instruction that runs. */
    void report(Violation.Kind kind, int lane, long address) {
        block.launch.report(kind, lanes.pc(), block.index, index * LANES + lane, address);
    }

    void reportHanging() {
        report(Violation.Kind.NO_PROGRESS, lanes.current(), 0);
    }

    /** Lanes that a {@code .sync} instruction names must run it together, ended ones included, and no other ones. */
    void checkMembers(int members, int active) {
        int missing = members & existingLanes() & ~active | active & ~members;
        if (missing != 0) {
            report(Violation.Kind.LANES_MISSING, Integer.numberOfTrailingZeros(missing), 0);
        }
    }

    /** {@code bar.warp.sync}: what its lanes did before is over for each of them. Ended lanes need not come. */
    void meet(int members, int active) {
        checkMembers(members & (liveLanes() | active), active);
        if ((active & liveLanes()) == liveLanes()) {
            clock.meet();
        } else {
            clock.meet(active);
        }
    }
}
