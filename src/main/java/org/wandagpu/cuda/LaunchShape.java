package org.wandagpu.cuda;

/**
 * Blocks of a launch and threads of a block.
 *
 * @param x blocks along x
 * @param y blocks along y, at most {@link #MOST_Y}
 * @param z blocks along z, at most {@link #MOST_Y}
 * @param threads of a block, along x
 * @param dynamicSharedBytes shared memory of a block beside what the kernel declares
 */
public record LaunchShape(int x, int y, int z, int threads, int dynamicSharedBytes) {

    /** Most blocks along y and along z on every GPU. */
    public static final int MOST_Y = 65_535;

    /** Blocks whose kernel declares all the shared memory it needs. */
    public LaunchShape(int x, int y, int z, int threads) {
        this(x, y, z, threads, 0);
    }

    public static LaunchShape of(int blocks, int threads) {
        return new LaunchShape(blocks, 1, 1, threads);
    }
}
