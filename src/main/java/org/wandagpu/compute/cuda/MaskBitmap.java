package org.wandagpu.compute.cuda;

import org.wandagpu.cuda.LaunchShape;

/** {@code kernels/mask_bitmap.cu}: which weights are left, as bits, and how many are not, by tile. */
final class MaskBitmap {

    private static final String SOURCE = "mask_bitmap";
    private static final int THREADS = 256;
    /** Columns of a block: a lane has four words of its warp. */
    private static final int BLOCK_COLUMNS = 1024;
    private static final int TILE_ROWS = 64;
    private static final int TILE_COLUMNS = 2048;

    private final KernelLauncher launcher;

    MaskBitmap(KernelLauncher launcher) {
        this.launcher = launcher;
    }

    void write(DeviceMatrix w, long bitmap) {
        LaunchShape shape = new LaunchShape(Math.ceilDiv(w.columns(), BLOCK_COLUMNS),
                Math.min(w.rows(), LaunchShape.MOST_Y), 1, THREADS);
        launcher.launch(SOURCE, "mask_bitmap_" + w.dtype().bits(), shape, w.address(), w.rows(), w.columns(), bitmap);
    }

    /** Tiles of a matrix, each with a 32-bit count of its zeros. */
    static int tiles(DeviceMatrix w) {
        return Math.ceilDiv(w.columns(), TILE_COLUMNS) * Math.ceilDiv(w.rows(), TILE_ROWS);
    }

    void countZeros(DeviceMatrix w, long counts) {
        LaunchShape shape = new LaunchShape(Math.ceilDiv(w.columns(), TILE_COLUMNS),
                Math.ceilDiv(w.rows(), TILE_ROWS), 1, THREADS);
        launcher.launch(SOURCE, "count_zeros_" + w.dtype().bits(), shape,
                w.address(), w.rows(), w.columns(), TILE_ROWS, TILE_COLUMNS, counts);
    }
}
