package org.wandagpu.simulator;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What a launch executed and moved. */
public final class Counters {

    private final List<Statement> statements;
    private final long[] warpInstructions;
    private final long[] laneInstructions;
    private long divergentBranches;
    private long barriers;
    private long globalRequests;
    private long sectors;
    private long usefulBytes;
    private long sharedCycles;
    private long sharedIdealCycles;
    private long touchedSectors;
    private long blocks;
    private int blockThreads;
    private int sharedBytes;

    Counters(List<Statement> statements) {
        this.statements = statements;
        this.warpInstructions = new long[statements.size()];
        this.laneInstructions = new long[statements.size()];
    }

    void executed(int pc, int active) {
        warpInstructions[pc]++;
        laneInstructions[pc] += Integer.bitCount(active);
    }

    void divergentBranch() {
        divergentBranches++;
    }

    void barrier() {
        barriers++;
    }

    void global(int sectorsTouched, int bytes) {
        globalRequests++;
        sectors += sectorsTouched;
        usefulBytes += bytes;
    }

    void shared(int cycles, int ideal) {
        sharedCycles += cycles;
        sharedIdealCycles += ideal;
    }

    void finish(long launchedBlocks, int threads, int shared, long distinctSectors) {
        blocks = launchedBlocks;
        blockThreads = threads;
        sharedBytes = shared;
        touchedSectors = distinctSectors;
    }

    /** Warp instructions by the first word of their opcode. */
    public Map<String, Long> warpInstructionsByRoot() {
        Map<String, Long> counts = new TreeMap<>();
        for (int i = 0; i < warpInstructions.length; i++) {
            counts.merge(statements.get(i).root(), warpInstructions[i], Long::sum);
        }
        return counts;
    }

    /** Warp instructions by whole opcode. */
    public Map<String, Long> warpInstructionsByOpcode() {
        Map<String, Long> counts = new TreeMap<>();
        for (int i = 0; i < warpInstructions.length; i++) {
            counts.merge(statements.get(i).opcode(), warpInstructions[i], Long::sum);
        }
        return counts;
    }

    /** Instructions times the lanes that took part. */
    public long laneInstructions() {
        long sum = 0;
        for (long count : laneInstructions) {
            sum += count;
        }
        return sum;
    }

    /** Tensor-core instructions, a warp each. */
    public long tensorOperations() {
        return warpInstructionsByRoot().getOrDefault("mma", 0L);
    }

    public long divergentBranches() {
        return divergentBranches;
    }

    public long barriers() {
        return barriers;
    }

    public long globalRequests() {
        return globalRequests;
    }

    /** 32-byte sectors, summed over requests. */
    public long sectors() {
        return sectors;
    }

    /** Bytes that lanes asked of global memory. */
    public long usefulBytes() {
        return usefulBytes;
    }

    /** 32-byte sectors of global memory that were touched at all. */
    public long touchedSectors() {
        return touchedSectors;
    }

    /** Cycles of shared memory, bank conflicts included. */
    public long sharedCycles() {
        return sharedCycles;
    }

    /** Cycles of shared memory that conflicts added. */
    public long bankConflictCycles() {
        return sharedCycles - sharedIdealCycles;
    }

    public long blocks() {
        return blocks;
    }

    public int blockThreads() {
        return blockThreads;
    }

    /** Shared memory of a block, static and dynamic. */
    public int sharedBytes() {
        return sharedBytes;
    }
}
