package org.wandagpu.simulator;

/**
 * Who touched a place and when, in one long: block + 1, thread, whether the access was strong (atomic or volatile),
 * and the time of the thread's warp, see {@link Clock}. 0 is nobody.
 */
final class Access {

    static final int LATEST_TIME = (1 << 29) - 1;
    private static final long STRONG = 1L << 29;
    private static final int LANE_SHIFT = 30;
    private static final int WARP_SHIFT = 35;
    private static final int BLOCK_SHIFT = 40;
    private static final long BLOCKS = (1L << 24) - 1;

    private Access() {
    }

    /** What all accesses of a warp share until its time moves on. */
    static long stamp(long block, int warp, int time) {
        return block % BLOCKS + 1 << BLOCK_SHIFT | (long) warp << WARP_SHIFT | time;
    }

    static long of(long stamp, int lane, boolean strong) {
        return stamp | (long) lane << LANE_SHIFT | (strong ? STRONG : 0);
    }

    static boolean sameThread(long a, long b) {
        return (a ^ b) >>> LANE_SHIFT == 0;
    }

    static boolean sameWarp(long a, long b) {
        return (a ^ b) >>> WARP_SHIFT == 0;
    }

    static boolean sameBlock(long a, long b) {
        return (a ^ b) >>> BLOCK_SHIFT == 0;
    }

    static boolean bothStrong(long a, long b) {
        return (a & b & STRONG) != 0;
    }

    static int lane(long access) {
        return (int) (access >>> LANE_SHIFT) & Warp.LANES - 1;
    }

    static int warp(long access) {
        return (int) (access >>> WARP_SHIFT) & 31;
    }

    static int block(long access) {
        return (int) (access >>> BLOCK_SHIFT) - 1;
    }

    static int time(long access) {
        return (int) access & LATEST_TIME;
    }
}
