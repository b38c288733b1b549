package org.wandagpu.compute.cuda;

import org.wandagpu.cuda.LaunchShape;
import org.wandagpu.tensor.MetadataOrder;

/** {@code kernels/compress_24.cu}: 2:4 matrices as values and 2-bit metadata, and back. */
public final class Compression24 {

    private static final String SOURCE = "compress_24";
    private static final int THREADS = 256;
    private static final int TILE_ROWS = 32;
    private static final int TILE_COLUMNS = 512;

    /** Columns of a block that unpacks. */
    private static final int UNPACK_COLUMNS = 2048;

    private final KernelLauncher launcher;

    public Compression24(KernelLauncher launcher) {
        this.launcher = launcher;
    }

    /**
     * Selects 2:4 by (score, column) and compresses what stays; {@code w} itself is not changed.
     *
     * @param w F16 or BF16, columns a multiple of 16 (reordered: rows and columns of 32)
     * @param norms address of {@code [columns]} F32, from {@link InputNorms}
     */
    public void select(DeviceMatrix w, long norms, long values, long metadata, MetadataOrder order) {
        check(w.rows(), w.columns(), order);
        launcher.launch(SOURCE, "compress_24_select_" + w.suffix(), tiles(w.rows(), w.columns()),
                w.address(), norms, w.rows(), w.columns(), values, metadata, order.ordinal());
    }

    /**
     * Compresses a matrix that is 2:4 already.
     *
     * @param overfull address of one 32-bit number, overwritten with the number of groups of more than two non-zeros
     */
    public void pack(DeviceMatrix w, long values, long metadata, MetadataOrder order, long overfull) {
        check(w.rows(), w.columns(), order);
        launcher.clear(overfull, Integer.BYTES);
        launcher.launch(SOURCE, "compress_24_pack", tiles(w.rows(), w.columns()),
                w.address(), w.rows(), w.columns(), values, metadata, order.ordinal(), overfull);
    }

    /** Writes the dense matrix; dropped weights become +0. */
    public void unpack(long values, long metadata, MetadataOrder order, DeviceMatrix w) {
        check(w.rows(), w.columns(), order);
        LaunchShape shape = new LaunchShape(Math.ceilDiv(w.columns(), UNPACK_COLUMNS),
                Math.min(w.rows(), LaunchShape.MOST_Y), 1, THREADS);
        launcher.launch(SOURCE, "compress_24_unpack", shape,
                values, metadata, order.ordinal(), w.rows(), w.columns(), w.address());
    }

    private static LaunchShape tiles(int rows, int columns) {
        return new LaunchShape(Math.ceilDiv(columns, TILE_COLUMNS), Math.ceilDiv(rows, TILE_ROWS), 1, THREADS);
    }

    private static void check(int rows, int columns, MetadataOrder order) {
        if (!order.fits(rows, columns)) {
            throw new IllegalArgumentException("no 2:4 form: rows=" + rows + ", columns=" + columns + ", " + order);
        }
    }
}
