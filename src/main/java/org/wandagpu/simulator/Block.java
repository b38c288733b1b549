package org.wandagpu.simulator;

import java.util.ArrayList;
import java.util.List;

/** One thread block: its warps in turn, its barriers and its shared memory. */
final class Block {

    final Launch launch;
    final long index;
    final SharedMemory shared;
    private final List<Warp> warps = new ArrayList<>();
    private boolean abandoned;
    private boolean fenced;
    private boolean acquired;

    Block(Launch launch, long index) {
        this.launch = launch;
        this.index = index;
        this.shared = new SharedMemory(launch.kernel.sharedBytes() + launch.dynamicSharedBytes);
        int threads = launch.blockThreads();
        for (int first = 0; first < threads; first += Warp.LANES) {
            warps.add(new Warp(this, first / Warp.LANES, Math.min(Warp.LANES, threads - first)));
        }
    }

    void run() {
        boolean moved = true;
        while (moved && !abandoned) {
            moved = false;
            for (Warp warp : warps) {
                if (!abandoned && !warp.ended() && !warp.waiting()) {
                    warp.run();
                    moved = true;
                }
            }
            moved |= openBarriers();
        }
        for (Warp warp : warps) {
            if (!abandoned && warp.waiting()) {
                warp.report(Violation.Kind.BARRIER_NOT_REACHED, 0, 0);
            }
        }
    }

    /** Nothing sensible can follow: the rest of this block does not run. */
    void abandon() {
        abandoned = true;
    }

    private boolean openBarriers() {
        boolean opened = false;
        for (Warp warp : warps) {
            if (warp.waiting()) {
                opened |= open(warp.barrier(), warp.barrierThreads());
            }
        }
        return opened;
    }

    private boolean open(int id, int threads) {
        List<Warp> arrived = warps.stream().filter(warp -> warp.waiting() && warp.barrier() == id).toList();
        if (threads == 0 ? arrived.size() < warps.stream().filter(warp -> !warp.ended()).count()
                : arrived.size() * Warp.LANES < threads) {
            return false;
        }
        if (threads == 0) {
            checkAllThere(arrived.getFirst());
        }
        shared.nextEpoch();
        launch.counters.barrier();
        BarrierReduction.finish(arrived);
        arrived.forEach(Warp::release);
        return true;
    }

    private void checkAllThere(Warp arrived) {
        for (Warp warp : warps) {
            int missing = warp.existingLanes() & ~warp.liveLanes();
            if (missing != 0) {
                arrived.report(Violation.Kind.BARRIER_NOT_REACHED, 0, 0);
                return;
            }
        }
    }

    /** A fence makes earlier writes of this block ones that another may read after an atomic. */
    void fence() {
        fenced = true;
    }

    void globalAtomic() {
        acquired = true;
        if (fenced) {
            launch.release(index);
        }
    }

    boolean hasAcquired() {
        return acquired;
    }
}
