package org.wandagpu.simulator;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** One thread block: its warps in turn, its barriers and its shared memory. */
final class Block {

    final Launch launch;
    final long index;
    final SharedMemory shared;
    final Barriers barriers;
    /** Sectors that its loads by the read-only path have asked for. */
    final Set<Long> readOnlySectors = new HashSet<>();
    /** What strong accesses and narrow fences tell within the block. */
    final Messages messages = new Messages();
    private final List<Warp> warps = new ArrayList<>();
    private final List<Warp> order;
    private boolean abandoned;
    private boolean stalled;

    Block(Launch launch, long index) {
        this.launch = launch;
        this.index = index;
        this.shared = new SharedMemory(launch.sharedBytes());
        this.barriers = new Barriers(this);
        int threads = launch.blockThreads();
        int count = Math.ceilDiv(threads, Warp.LANES);
        long[][][] used = launch.usedRegisters();
        for (int i = 0; i < count; i++) {
            warps.add(new Warp(this, i, Math.min(Warp.LANES, threads - i * Warp.LANES), count,
                    used == null ? null : used[i]));
        }
        order = new ArrayList<>(warps);
    }

    /** Lets warps run until all have ended, or wait for another block, or the block's turn is over. */
    void turn(Turns turns) {
        turns.order(order);
        stalled = false;
        for (int rounds = turns.rounds(); rounds > 0 && !ended() && !stalled; rounds--) {
            stalled = true;
            boolean anyRan = false;
            for (Warp warp : order) {
                if (!abandoned && warp.canRun()) {
                    warp.run(turns.instructions());
                    stalled &= warp.spins();
                    anyRan = true;
                }
            }
            if (!anyRan) {
                barriers.reportStuck();
                abandon();
            }
        }
    }

    boolean ended() {
        for (Warp warp : warps) {
            if (!abandoned && !warp.ended()) {
                return false;
            }
        }
        return true;
    }

    /** Whether in its last turn all warps that could run went round in circles. */
    boolean isStalled() {
        return stalled;
    }

    void reportHanging() {
        warps.stream().filter(Warp::canRun).forEach(Warp::reportHanging);
    }

    /** Nothing sensible can follow: the rest of this block does not run. */
    void abandon() {
        abandoned = true;
    }

    /** Of all warps. */
    long[][][] registers() {
        return warps.stream().map(warp -> warp.rows).toArray(long[][][]::new);
    }

    List<Warp> warps() {
        return warps;
    }
}
