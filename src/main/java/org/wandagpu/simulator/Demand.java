package org.wandagpu.simulator;

import java.util.Map;
import java.util.Set;

/**
 * What a launch asks of a GPU: the numbers that a {@link Roofline} divides by the GPU's widths.
 *
 * @param dramBytes between the second-level cache and device memory
 * @param cacheBytes between the second-level cache and the multiprocessors: 32 a sector, but for those that a block has
 *     asked for before by the read-only path
 * @param sharedCycles of a multiprocessor's shared memory
 * @param issueSlots warp instructions that a scheduler must issue
 * @param tensorTiles mma.m16n8k16 of 16-bit inputs, others by their work
 * @param blocks of the launch
 */
public record Demand(double dramBytes, double cacheBytes, double sharedCycles, double issueSlots, double tensorTiles,
        double blocks) {

    private static final int SECTOR = 32;
    /** div, sqrt and rcp, rounded, are short programs. */
    private static final int ROOT_SLOTS = 10;
    /** PTX that the compiler folds into its neighbours. */
    private static final Set<String> FREE = Set.of("mov", "cvta", "abs", "neg");

    /** @param l2Bytes size of the second-level cache */
    public static Demand of(Counters counters, long l2Bytes) {
        return new Demand(
                counters.buffers().stream().mapToDouble(buffer -> buffer.dramBytes(l2Bytes)).sum(),
                SECTOR * (double) (counters.loads().sectors() - counters.cachedLoads().sectors()
                        + counters.stores().sectors() + counters.atomics().sectors()),
                counters.shared().cycles() + counters.sharedAtomics().cycles(),
                issueSlots(counters.warpInstructionsByOpcode()), counters.tensorTiles(), counters.blocks());
    }

    private static double issueSlots(Map<String, Long> byOpcode) {
        double slots = 0;
        for (Map.Entry<String, Long> entry : byOpcode.entrySet()) {
            slots += entry.getValue() * slots(entry.getKey());
        }
        return slots;
    }

    private static int slots(String opcode) {
        String root = opcode.split("\\.")[0];
        if (FREE.contains(root) || opcode.endsWith(".pred")) {
            return 0;
        }
        boolean iterated = opcode.startsWith("div.rn") || opcode.startsWith("sqrt.rn") || opcode.startsWith("rcp.rn");
        return iterated ? ROOT_SLOTS : 1;
    }

    /**
     * The demand of {@code shares} equal shares of work, given that of two of them and, as this, that of one. What all
     * shares have in common, like a vector that every block reads, is so counted once.
     */
    public Demand extrapolated(Demand two, double shares) {
        double more = shares - 1;
        return new Demand(dramBytes + more * (two.dramBytes - dramBytes), cacheBytes + more * (two.cacheBytes - cacheBytes),
                sharedCycles + more * (two.sharedCycles - sharedCycles), issueSlots + more * (two.issueSlots - issueSlots),
                tensorTiles + more * (two.tensorTiles - tensorTiles), blocks + more * (two.blocks - blocks));
    }

    /** That many such pieces of work, which have nothing in common. */
    public Demand times(double count) {
        return new Demand(count * dramBytes, count * cacheBytes, count * sharedCycles, count * issueSlots,
                count * tensorTiles, count * blocks);
    }
}
