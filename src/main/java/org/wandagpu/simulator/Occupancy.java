package org.wandagpu.simulator;

/**
 * Blocks that a multiprocessor of compute capability 8.0 or 9.0 holds at once.
 *
 * @param registers of a thread, as the PTX compiler reports
 * @param threads of a block
 * @param sharedBytes of a block, static and dynamic
 */
public record Occupancy(int registers, int threads, int sharedBytes) {

    private static final int WARP = 32;
    private static final int REGISTER_FILE = 65_536;
    /** Registers are given to a warp, in pieces of so many. */
    private static final int REGISTER_PIECE = 256;
    private static final int MOST_WARPS = 64;
    private static final int MOST_BLOCKS = 32;
    /** Shared memory is given to a block in pieces of so many bytes, and the system takes some of it. */
    private static final int SHARED_PIECE = 128;
    private static final int SYSTEM_SHARED = 1024;

    /** @param sharedOfProcessor bytes of shared memory that a multiprocessor has */
    public int residentBlocks(int sharedOfProcessor) {
        int warps = Math.ceilDiv(threads, WARP);
        int registersOfWarp = Math.ceilDiv(Math.max(1, registers) * WARP, REGISTER_PIECE) * REGISTER_PIECE;
        int byRegisters = REGISTER_FILE / registersOfWarp / warps;
        int byWarps = Math.min(MOST_WARPS / warps, MOST_BLOCKS);
        int byShared = sharedOfProcessor / (Math.ceilDiv(sharedBytes + SYSTEM_SHARED, SHARED_PIECE) * SHARED_PIECE);
        return Math.max(1, Math.min(byRegisters, Math.min(byWarps, byShared)));
    }
}
