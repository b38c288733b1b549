package org.wandagpu.cuda;

/**
 * Blocks of a launch and threads of a block. No kernel here takes dynamic shared memory.
 *
 * @param x blocks along x
 * @param y blocks along y, at most {@link #MOST_Y}
 * @param z blocks along z
 * @param threads of a block, along x
 */
public record LaunchShape(int x, int y, int z, int threads) {

    /** Most blocks along y and along z on every GPU. */
    public static final int MOST_Y = 65_535;

    public static LaunchShape of(int blocks, int threads) {
        return new LaunchShape(blocks, 1, 1, threads);
    }
}
