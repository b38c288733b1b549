package org.wandagpu.simulator;

/** Counts what one warp's access costs: sectors of global memory, cycles of the banks of shared memory. */
final class Traffic {

    private static final int SECTOR_BITS = 5;
    private static final int BANKS = 32;
    private static final int BANK_CYCLE_BYTES = 128;

    private Traffic() {
    }

    static void count(Spaces.Space space, Warp warp, int active, long[] addresses, long offset, int bytes) {
        Counters counters = warp.block.launch.counters;
        if (space == Spaces.Space.SHARED) {
            int lanes = Math.min(Warp.LANES, BANK_CYCLE_BYTES / bytes);
            int cycles = 0;
            int phases = 0;
            for (int first = 0; first < Warp.LANES; first += lanes) {
                int part = active >>> first & (int) Bytes.ones(4) >>> Warp.LANES - lanes;
                if (part != 0) {
                    cycles += bankCycles(addresses, first, part, offset, bytes);
                    phases++;
                }
            }
            counters.shared(cycles, phases);
        } else if (space == Spaces.Space.GLOBAL) {
            counters.global(sectors(active, addresses, offset, bytes), Integer.bitCount(active) * bytes);
        }
    }

    /** The most distinct words that one bank must give. */
    private static int bankCycles(long[] addresses, int first, int lanes, long offset, int bytes) {
        long[] firstInBank = new long[BANKS];
        int[] inBank = new int[BANKS];
        long[] others = new long[BANKS];
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

    private static int sectors(int active, long[] addresses, long offset, int bytes) {
        long[] found = new long[Warp.LANES];
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
