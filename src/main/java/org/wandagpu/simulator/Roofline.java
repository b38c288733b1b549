package org.wandagpu.simulator;

import java.util.Map;
import java.util.Set;

/**
 * An estimate, never a measurement, of a launch's time on a GPU from its counters: the slowest of device memory,
 * second-level cache, shared memory, instruction issue and tensor units, times the waste of the last wave.
 */
public final class Roofline {

    /** Share of the nominal bandwidth that streaming kernels reach. */
    private static final double MEMORY_SHARE = 0.92;
    /** Share of the slowest term's rate that good kernels reach, alone and where a second term is as slow. */
    private static final double ALONE = 0.88;
    private static final double CONTENDED = 0.8;
    private static final double NEAR = 0.8;
    private static final double LAUNCH_SECONDS = 3e-6;
    private static final int SECTOR = 32;
    private static final int SCHEDULERS = 4;
    private static final int REGISTERS = 65_536;
    private static final int MOST_THREADS = 2048;
    private static final int MOST_BLOCKS = 32;
    private static final int RESERVED_SHARED = 1024;
    private static final int ROOT_SLOTS = 10;
    private static final Set<String> FREE = Set.of("mov", "cvta", "abs", "neg");

    private final GpuModel gpu;
    private final Counters counters;
    private final int registers;

    /** @param registers of a thread, as the PTX compiler reports */
    public Roofline(GpuModel gpu, Counters counters, int registers) {
        this.gpu = gpu;
        this.counters = counters;
        this.registers = registers;
    }

    /** Estimated seconds of the launch. */
    public double seconds() {
        double[] terms = {memory(), cache(), shared(), issue(), tensor()};
        double most = 0;
        double second = 0;
        for (double term : terms) {
            second = Math.max(second, Math.min(most, term));
            most = Math.max(most, term);
        }
        return waves() * most / (second > NEAR * most ? CONTENDED : ALONE) + LAUNCH_SECONDS;
    }

    private double memory() {
        long touched = counters.touchedSectors() * SECTOR;
        long moved = touched > gpu.l2Bytes() ? counters.sectors() * SECTOR : touched;
        return moved / (MEMORY_SHARE * gpu.bandwidth());
    }

    private double cache() {
        return counters.sectors() * SECTOR / gpu.l2Bandwidth();
    }

    private double shared() {
        return counters.sharedCycles() / (gpu.multiprocessors() * gpu.clock());
    }

    private double issue() {
        double slots = 0;
        for (Map.Entry<String, Long> entry : counters.warpInstructionsByOpcode().entrySet()) {
            slots += entry.getValue() * slots(entry.getKey());
        }
        return slots / (SCHEDULERS * gpu.multiprocessors() * gpu.clock());
    }

    private static int slots(String opcode) {
        String root = opcode.split("\\.")[0];
        if (FREE.contains(root) || opcode.endsWith(".pred")) {
            return 0;
        }
        boolean iterated = opcode.startsWith("div.rn") || opcode.startsWith("sqrt.rn") || opcode.startsWith("rcp.rn");
        return iterated ? ROOT_SLOTS : 1;
    }

    private double tensor() {
        return counters.tensorOperations() * gpu.mmaCycles() / (SCHEDULERS * gpu.multiprocessors() * gpu.clock());
    }

    /** Blocks that fit a multiprocessor at once. */
    public int residentBlocks() {
        int byRegisters = REGISTERS / (registers * counters.blockThreads());
        int byShared = gpu.sharedBytes() / (counters.sharedBytes() + RESERVED_SHARED);
        int byThreads = Math.min(MOST_THREADS / counters.blockThreads(), MOST_BLOCKS);
        return Math.max(1, Math.min(byThreads, Math.min(byRegisters, byShared)));
    }

    private double waves() {
        double atOnce = (double) gpu.multiprocessors() * residentBlocks();
        return Math.ceil(counters.blocks() / atOnce) * atOnce / counters.blocks();
    }
}
