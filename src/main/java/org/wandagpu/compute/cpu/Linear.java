package org.wandagpu.compute.cpu;

import static org.wandagpu.compute.cpu.Vectors.SPECIES;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/**
 * The linear layer, out = x · wᵀ + bias.
 *
 * <p>In calls with more than {@link DotProducts#MAX_TOKENS} rows of x, a row of out has the same bits whatever the other
 * rows are; {@link ProductTile} tells the order of summation. Fewer rows go to {@link DotProducts}, whose order differs.
 */
final class Linear {

    private final Workers workers;
    private final ThreadLocal<ProductTile> tiles;
    private final DotProducts dotProducts;

    Linear(Workers workers, ThreadLocal<ProductTile> tiles) {
        this.workers = workers;
        this.tiles = tiles;
        this.dotProducts = new DotProducts(workers);
    }

    /**
     * @param x {@code [tokens, in]} F32
     * @param w {@code [outputs, in]} F32, F16 or BF16
     * @param bias {@code [outputs]} or null
     * @param out {@code [tokens, outputs]} F32
     * @param add whether the product is added to {@code out} or replaces it
     */
    void multiply(CpuTensor x, CpuTensor w, CpuTensor bias, CpuTensor out, boolean add) {
        int tokens = (int) x.rows();
        if (tokens <= DotProducts.MAX_TOKENS) {
            dotProducts.multiply(x, w, bias, out, add);
            return;
        }
        TileGrid grid = TileGrid.plan(tokens, (int) w.rows(), workers.count());
        workers.run(grid.tasks(), task -> {
            ProductTile tile = tiles.get();
            int firstToken = grid.firstToken(task);
            int firstOutput = grid.firstOutput(task);
            int outputs = grid.outputsOf(task);
            tile.multiply(x, firstToken, grid.tokensOf(task), w, bias, firstOutput, outputs);
            for (int t = 0; t < grid.tokensOf(task); t++) {
                long first = (firstToken + t) * out.columns() + firstOutput;
                write(tile.sums(), ProductTile.rowOf(t), outputs, out.segment(), first, add);
            }
        });
    }

    private static void write(float[] sums, int from, int count, MemorySegment out, long first, boolean add) {
        if (!add) {
            MemorySegment.copy(sums, from, out, CpuTensor.FLOAT, first * Float.BYTES, count);
            return;
        }
        int whole = SPECIES.loopBound(count);
        for (int i = 0; i < whole; i += SPECIES.length()) {
            long at = (first + i) * Float.BYTES;
            FloatVector before = FloatVector.fromMemorySegment(SPECIES, out, at, Vectors.ORDER);
            before.add(FloatVector.fromArray(SPECIES, sums, from + i)).intoMemorySegment(out, at, Vectors.ORDER);
        }
        for (int i = whole; i < count; i++) {
            long at = (first + i) * Float.BYTES;
            out.set(CpuTensor.FLOAT, at, out.get(CpuTensor.FLOAT, at) + sums[from + i]);
        }
    }
}
