package org.wandagpu.simulator;

import java.util.Arrays;

/** Counts what one warp's access costs: sectors of global memory, cycles of the banks of shared memory. */
final class Traffic {

    private static final int SECTOR_BITS = 5;
    private static final int BANKS = 32;
    private static final int BANK_CYCLE_BYTES = 128;

    private Traffic() {
    }

    /** What is done at the addresses. */
    enum Access { LOAD, READ_ONLY_LOAD, STORE, ATOMIC }

    /** What one cycle's words have in each bank: a launch in work has one for all its accesses. */
    static final class Banks {
        private final long[] first = new long[BANKS];
        private final int[] words = new int[BANKS];
        private final long[] others = new long[BANKS];
    }

    static void count(Spaces.Space space, Access access, Warp warp, int active, long[] addresses, long offset,
            int bytes) {
        if (space == Spaces.Space.SHARED) {
            countShared(access, warp.block.launch, active, addresses, offset, bytes);
        } else if (space == Spaces.Space.GLOBAL) {
            countGlobal(access, warp, active, addresses, offset, bytes);
        }
    }

    private static void countGlobal(Access access, Warp warp, int active, long[] addresses, long offset, int bytes) {
        Counters counters = warp.block.launch.counters;
        long[] found = new long[Warp.LANES];
        int sectors = sectors(active, addresses, offset, found);
        int useful = Integer.bitCount(active) * bytes;
        switch (access) {
            case LOAD -> counters.loads().add(sectors, useful);
            case READ_ONLY_LOAD -> {
                counters.loads().add(sectors, useful);
                counters.cachedLoads().add(seenBefore(warp.block, found, sectors), 0);
            }
            case STORE -> counters.stores().add(sectors, useful);
            case ATOMIC -> counters.atomics().add(sectors, useful);
        }
        warp.block.launch.global.requested(addresses[Integer.numberOfTrailingZeros(active)] + offset, sectors);
    }

    private static void countShared(Access access, Launch launch, int active, long[] addresses, long offset,
            int bytes) {
        Counters counters = launch.counters;
        int lanes = Math.min(Warp.LANES, BANK_CYCLE_BYTES / bytes);
        int cycles = 0;
        int phases = 0;
        for (int first = 0; first < Warp.LANES; first += lanes) {
            int part = active >>> first & (int) Bytes.ones(4) >>> Warp.LANES - lanes;
            if (part != 0) {
                cycles += bankCycles(launch.banks, addresses, first, part, offset, bytes);
                phases++;
            }
        }
        if (access == Access.ATOMIC) {
            counters.sharedAtomic(cycles, phases, lanesOfBusiestBank(active, addresses, offset, bytes));
        } else {
            counters.shared().add(cycles, phases);
        }
    }

    private static int lanesOfBusiestBank(int active, long[] addresses, long offset, int bytes) {
        int[] inBank = new int[BANKS];
        int most = 0;
        for (int rest = active; rest != 0; rest &= rest - 1) {
            long word = addresses[Integer.numberOfTrailingZeros(rest)] + offset >>> 2;
            for (int i = 0; i < Math.max(1, bytes / 4); i++) {
                most = Math.max(most, ++inBank[(int) (word + i) & BANKS - 1]);
            }
        }
        return most;
    }

    /** The most distinct words that one bank must give. */
    private static int bankCycles(Banks banks, long[] addresses, int first, int lanes, long offset, int bytes) {
        if (lieSideBySide(addresses, first, lanes, bytes)) {
            return 1;
        }
        long[] firstInBank = banks.first;
        int[] inBank = banks.words;
        long[] others = banks.others;
        Arrays.fill(inBank, 0);
        int count = 0;
        int most = 1;
        int each = Math.max(1, bytes / 4);
        for (int rest = lanes; rest != 0; rest &= rest - 1) {
            long word = addresses[first + Integer.numberOfTrailingZeros(rest)] + offset >>> 2;
            for (int i = 0; i < each; i++) {
                int bank = (int) (word + i) & BANKS - 1;
                if (inBank[bank] == 0) {
                    firstInBank[bank] = word + i;
                    inBank[bank] = 1;
                } else if (firstInBank[bank] != word + i && !contains(others, count, word + i)) {
                    others[count++] = word + i;
                    most = Math.max(most, ++inBank[bank]);
                }
            }
        }
        return most;
    }

    /**
     * Whether the lanes' addresses grow by what each accesses, so that all of it spans no more than a row of the banks.
     */
    private static boolean lieSideBySide(long[] addresses, int first, int lanes, int bytes) {
        int lane = Integer.numberOfTrailingZeros(lanes);
        long base = addresses[first + lane] - (long) lane * bytes;
        for (int rest = lanes; rest != 0; rest &= rest - 1) {
            lane = Integer.numberOfTrailingZeros(rest);
            if (addresses[first + lane] != base + (long) lane * bytes) {
                return false;
            }
        }
        return true;
    }

    private static int seenBefore(Block block, long[] sectors, int count) {
        int seen = 0;
        for (int i = 0; i < count; i++) {
            seen += block.readOnlySectors.add(sectors[i]) ? 0 : 1;
        }
        return seen;
    }

    private static int sectors(int active, long[] addresses, long offset, long[] found) {
        int count = 0;
        for (int rest = active; rest != 0; rest &= rest - 1) {
            long sector = addresses[Integer.numberOfTrailingZeros(rest)] + offset >>> SECTOR_BITS;
            if (!contains(found, count, sector)) {
                found[count++] = sector;
            }
        }
        return count;
    }

    /** From the newest back: neighbours are usually the same. */
    private static boolean contains(long[] values, int count, long value) {
        for (int i = count - 1; i >= 0; i--) {
            if (values[i] == value) {
                return true;
            }
        }
        return false;
    }
}
