package org.wandagpu.simulator;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What a launch executed and moved. */
public final class Counters {

    /** Multiply-adds of an mma.m16n8k16. */
    private static final double TILE_PRODUCTS = 16 * 8 * 16;

    private final List<Statement> statements;
    private final long[] warpInstructions;
    private final long[] laneInstructions;
    private final AccessCount loads = new AccessCount();
    private final AccessCount cachedLoads = new AccessCount();
    private final AccessCount stores = new AccessCount();
    private final AccessCount atomics = new AccessCount();
    private final SharedCount shared = new SharedCount();
    private final SharedCount sharedAtomics = new SharedCount();
    private long sharedAtomicsInTurn;
    private long divergentBranches;
    private long barriers;
    private List<BufferTraffic> buffers = List.of();
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

    /** @param inTurn cycles if no two lanes with one address were merged */
    void sharedAtomic(int cycles, int ideal, int inTurn) {
        sharedAtomics.add(cycles, ideal);
        sharedAtomicsInTurn += inTurn;
    }

    /** Adds those of other blocks of the same launch. */
    void add(Counters other) {
        for (int i = 0; i < warpInstructions.length; i++) {
            warpInstructions[i] += other.warpInstructions[i];
            laneInstructions[i] += other.laneInstructions[i];
        }
        loads.add(other.loads);
        cachedLoads.add(other.cachedLoads);
        stores.add(other.stores);
        atomics.add(other.atomics);
        shared.add(other.shared);
        sharedAtomics.add(other.sharedAtomics);
        sharedAtomicsInTurn += other.sharedAtomicsInTurn;
        divergentBranches += other.divergentBranches;
        barriers += other.barriers;
    }

    void finish(long launchedBlocks, int threads, int bytesOfShared, List<BufferTraffic> touched) {
        blocks = launchedBlocks;
        blockThreads = threads;
        sharedBytes = bytesOfShared;
        buffers = touched;
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

    /** Warp instructions by class. */
    public Map<InstructionClass, Long> warpInstructionsByClass() {
        Map<InstructionClass, Long> counts = new EnumMap<>(InstructionClass.class);
        for (int i = 0; i < warpInstructions.length; i++) {
            counts.merge(InstructionClass.of(statements.get(i)), warpInstructions[i], Long::sum);
        }
        return counts;
    }

    /** Instructions of warps, those included whose lanes were all switched off. */
    public long warpInstructions() {
        return sum(warpInstructions);
    }

    /** Instructions times the lanes that took part. */
    public long laneInstructions() {
        return sum(laneInstructions);
    }

    private static long sum(long[] counts) {
        long sum = 0;
        for (long count : counts) {
            sum += count;
        }
        return sum;
    }

    /** Tensor-core instructions, a warp each, by whole opcode: shape and types are part of it. */
    public Map<String, Long> tensorOperations() {
        Map<String, Long> counts = warpInstructionsByOpcode();
        counts.keySet().removeIf(opcode -> !opcode.startsWith("mma") && !opcode.startsWith("wmma.mma"));
        return counts;
    }

    /** Work of the tensor cores as so many mma.m16n8k16 of 16-bit inputs. */
    public double tensorTiles() {
        return tensorOperations().entrySet().stream()
                .mapToDouble(entry -> entry.getValue() * TensorWork.products(entry.getKey()) / TILE_PRODUCTS).sum();
    }

    public long divergentBranches() {
        return divergentBranches;
    }

    /** Barriers that opened. */
    public long barriers() {
        return barriers;
    }

    /** Loads from global memory, the sources of cp.async included. */
    public AccessCount loads() {
        return loads;
    }

    /**
     * Of the loads by the read-only path, the sectors that the block had asked for before: the first-level cache has
     * them.
     */
    public AccessCount cachedLoads() {
        return cachedLoads;
    }

    /** Stores to global memory. */
    public AccessCount stores() {
        return stores;
    }

    /** Atomics on global memory. */
    public AccessCount atomics() {
        return atomics;
    }

    /** Loads and stores of shared memory, ldmatrix and the targets of cp.async included. */
    public SharedCount shared() {
        return shared;
    }

    /** Atomics on shared memory; lanes with one address count as one, as the hardware merges them without a result. */
    public SharedCount sharedAtomics() {
        return sharedAtomics;
    }

    /** Cycles of atomics on shared memory if lanes with one address took turns. */
    public long sharedAtomicsInTurn() {
        return sharedAtomicsInTurn;
    }

    /** Traffic of each allocation of global memory that was touched, by address. */
    public List<BufferTraffic> buffers() {
        return buffers;
    }

    /** Distinct 32-byte sectors of global memory that were touched: read and written ones counted apart. */
    public long distinctSectors() {
        return buffers.stream().mapToLong(buffer -> buffer.sectorsRead() + buffer.sectorsWritten()).sum();
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
