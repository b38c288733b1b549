package org.wandagpu.compute.cuda;

import org.wandagpu.cuda.LaunchShape;
import org.wandagpu.tensor.DType;

/** {@code kernels/gemm.cu}: the linear layer. */
public final class Gemm {

    private static final String SOURCE = "gemm";
    private static final int STAGES = 3;
    private static final int ROW_BYTES = 128;
    private static final int PADDING = 4;

    private final KernelLauncher launcher;

    public Gemm(KernelLauncher launcher) {
        this.launcher = launcher;
    }

    /**
     * A kernel by the size of its blocks' tiles.
     *
     * @param name of the entry, without the type
     */
    private record Tile(String name, int tokens, int features, int threads) {

        static final Tile WIDE = new Tile("gemm_256_", 128, 256, 256);
        static final Tile SQUARE = new Tile("gemm_128_", 128, 128, 128);
        static final Tile SMALL = new Tile("gemm_64_", 64, 64, 128);
        static final Tile FLAT = new Tile("gemm_16_", 16, 64, 128);
        static final Tile ANY = new Tile("gemm_any_", 64, 64, 128);

        long count(int allTokens, int allFeatures) {
            return (long) Math.ceilDiv(allTokens, tokens) * Math.ceilDiv(allFeatures, features);
        }

        LaunchShape shape(int allTokens, int allFeatures) {
            int stages = STAGES * (tokens + features) * ROW_BYTES;
            int sums = Float.BYTES * tokens * (features + PADDING);
            return new LaunchShape(Math.toIntExact(count(allTokens, allFeatures)), 1, 1, threads, Math.max(stages, sums));
        }
    }

    /** The largest tile that gives every multiprocessor something to do. */
    private Tile choose(int tokens, int features) {
        if (tokens <= Tile.FLAT.tokens) {
            return Tile.FLAT;
        }
        for (Tile tile : new Tile[] {Tile.WIDE, Tile.SQUARE}) {
            if (tokens >= tile.tokens && features >= tile.features
                    && tile.count(tokens, features) >= launcher.multiprocessors()) {
                return tile;
            }
        }
        return Tile.SMALL;
    }

    /**
     * {@code out = x · wᵀ + bias}, or that added to {@code out}.
     *
     * @param x {@code [tokens, k]} F16 or BF16
     * @param w {@code [features, k]} in the same type
     * @param bias address of {@code [features]} F32, or 0 for none
     * @param out {@code [tokens, features]} in the same type, or F32
     */
    public void multiply(DeviceMatrix x, DeviceMatrix w, long bias, DeviceMatrix out, boolean addToOut) {
        Tile tile = x.hasVectorRows() && w.hasVectorRows() ? choose(x.rows(), w.rows()) : Tile.ANY;
        launcher.launch(SOURCE, tile.name + x.suffix(), tile.shape(x.rows(), w.rows()), x.address(), w.address(), bias,
                out.address(), x.rows(), w.rows(), x.columns(), addToOut ? 1 : 0, out.dtype() == DType.F32 ? 1 : 0);
    }
}
