package org.wandagpu.simulator;

import java.util.ArrayList;
import java.util.List;

/**
 * The named barriers of a block. One orders only the warps that arrive at it: they tell it what they know, and those
 * that wait learn it when it opens; a warp that only arrives (bar.arrive) learns nothing.
 *
 * <p>A barrier without a number of threads is for all threads of the block that have not ended (CUDA's Volta tuning
 * guide, "Independent Thread Scheduling"): whole warps may return early before it. A warp that has the barrier in a
 * conditional is the same PTX, but it goes on behind the barrier: one that has ended is reported if it has written memory
 * there since its last barrier. Of a warp that comes, all threads must ({@code .aligned} in the PTX manual), also those
 * that have ended. {@code barrier.sync} without {@code .aligned} counts threads one by one and may be left out by those.
 */
final class Barriers {

    private static final int COUNT = 16;

    /** One barrier while it fills. */
    private static final class Barrier {
        private final List<Warp> arrived = new ArrayList<>();
        private final List<Warp> waiting = new ArrayList<>();
        private final int[] times;
        private final int threads;
        private Knowledge others = Knowledge.NOTHING;

        Barrier(int threads, int warps) {
            this.threads = threads;
            this.times = new int[warps];
        }
    }

    private final Block block;
    private final Barrier[] barriers = new Barrier[COUNT];
    /** Where warps first met for all threads at different instructions; -1 for nowhere. */
    private int strayPc = -1;
    private int strayThread;

    Barriers(Block block) {
        this.block = block;
    }

    /** @param threads that the barrier is for, 0 for all */
    void arrive(Warp warp, int id, int threads, boolean waits) {
        if (id < 0 || id >= COUNT) {
            warp.report(Violation.Kind.BARRIER_MISUSED, 0, id);
            return;
        }
        if (barriers[id] == null) {
            barriers[id] = new Barrier(threads, block.warps().size());
        }
        Barrier barrier = barriers[id];
        if (barrier.threads != threads || threads % Warp.LANES != 0 || barrier.arrived.contains(warp)) {
            warp.report(Violation.Kind.BARRIER_MISUSED, 0, id);
        }
        warp.clock.arrive(barrier.times);
        barrier.others = barrier.others.join(warp.clock.others());
        barrier.arrived.add(warp);
        if (waits) {
            barrier.waiting.add(warp);
        }
        openIfFull(id);
    }

    /** A warp has ended: a barrier for all may have waited for nobody else. */
    void openFull() {
        for (int id = 0; id < COUNT; id++) {
            if (barriers[id] != null && barriers[id].threads == 0) {
                openIfFull(id);
            }
        }
    }

    private void openIfFull(int id) {
        Barrier barrier = barriers[id];
        long wanted = barrier.threads == 0 ? block.warps().stream().filter(warp -> !warp.ended()).count()
                : Math.ceilDiv(barrier.threads, Warp.LANES);
        if (barrier.arrived.size() < wanted) {
            return;
        }
        barriers[id] = null;
        if (barrier.threads == 0) {
            checkAllThere(barrier.waiting);
        }
        block.launch.counters.barrier();
        BarrierReduction.finish(barrier.waiting);
        for (Warp warp : barrier.waiting) {
            warp.clock.learn(barrier.times, barrier.others);
            warp.release();
        }
    }

    private void checkAllThere(List<Warp> waiting) {
        for (Warp warp : waiting) {
            Warp first = waiting.getFirst();
            if (strayPc < 0 && warp.pc() != first.pc()) {
                strayPc = Math.min(warp.pc(), first.pc());
                strayThread = Warp.LANES * (warp.pc() > first.pc() ? warp : first).index;
            }
        }
        for (Warp warp : block.warps()) {
            int missing = waiting.isEmpty() || !waiting.getFirst().waitsAligned() ? 0
                    : warp.ended() ? warp.lanesThatPassedBy(waiting.getFirst().pc())
                    : warp.existingLanes() & ~warp.liveLanes();
            if (missing != 0) {
                reportMissing(waiting.getFirst(), warp.index * Warp.LANES + Integer.numberOfTrailingZeros(missing));
                return;
            }
        }
    }

    /** If warps have met at different barriers before, then that was where one of them passed by. */
    private void reportMissing(Warp waiting, int thread) {
        block.launch.report(Violation.Kind.BARRIER_NOT_REACHED, strayPc < 0 ? waiting.pc() : strayPc, block.index,
                strayPc < 0 ? thread : strayThread, 0);
    }

    /** Nothing in the block can run any more, and these warps wait. */
    void reportStuck() {
        for (Warp warp : block.warps()) {
            if (warp.waiting()) {
                reportMissing(warp, warp.index * Warp.LANES);
            }
        }
    }
}
