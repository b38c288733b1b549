package org.wandagpu.simulator;

/** Accesses of warps to shared memory, in cycles of its 32 banks. */
public final class SharedCount {

    private long requests;
    private long cycles;
    private long idealCycles;

    void add(int needed, int ideal) {
        requests++;
        cycles += needed;
        idealCycles += ideal;
    }

    void add(SharedCount other) {
        requests += other.requests;
        cycles += other.cycles;
        idealCycles += other.idealCycles;
    }

    /** Instructions of warps with a lane that took part; a matrix of ldmatrix is one. */
    public long requests() {
        return requests;
    }

    /** Cycles, those that bank conflicts add included. */
    public long cycles() {
        return cycles;
    }

    /** Cycles that bank conflicts add. */
    public long conflictCycles() {
        return cycles - idealCycles;
    }
}
