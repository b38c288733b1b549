package org.wandagpu.bench.kernels;

import org.wandagpu.compute.Activation;
import org.wandagpu.compute.cuda.Attention;
import org.wandagpu.compute.cuda.ColumnSquaresFold;
import org.wandagpu.compute.cuda.DeviceHeads;
import org.wandagpu.compute.cuda.DeviceMatrix;
import org.wandagpu.compute.cuda.Gemm;
import org.wandagpu.compute.cuda.HeadKernels;
import org.wandagpu.compute.cuda.Norms;
import org.wandagpu.compute.cuda.Pointwise;
import org.wandagpu.tensor.DType;

/**
 * A kernel of LLaMA-7B's decoder block at work on a chunk of calibration tokens, in equal shares: of tokens, of heads,
 * or of a product's out-features. Counts are launches a chunk, in the statistics pass and in the propagation pass.
 */
enum BlockStep {

    NORM("RMS norm, 4096", 2, 2, Share.OF_A_MULTIPROCESSOR) {
        @Override
        void launch(Made on, int tokens) {
            DeviceMatrix x = on.matrix(tokens, HIDDEN);
            new Norms(on.launcher()).rms(x, on.floats(HIDDEN), EPSILON, x);
        }
    },
    SQUARE_PRODUCT("product 4096 -> 4096", 4, 4, Share.FEATURE_TILE) {
        @Override
        void launch(Made on, int features) {
            product(on, HIDDEN, features);
        }
    },
    WIDENING_PRODUCT("product 4096 -> 11008", 2, 2, Share.FEATURE_TILE) {
        @Override
        void launch(Made on, int features) {
            product(on, HIDDEN, features);
        }
    },
    NARROWING_PRODUCT("product 11008 -> 4096", 0, 1, Share.FEATURE_TILE) {
        @Override
        void launch(Made on, int features) {
            product(on, INNER, features);
        }
    },
    ROTATION("rotation", 2, 2, Share.OF_A_MULTIPROCESSOR) {
        @Override
        void launch(Made on, int tokens) {
            DeviceMatrix angles = new DeviceMatrix(on.floats(SEQLEN * HEAD_DIM / 2), DType.F32, SEQLEN, HEAD_DIM / 2);
            new HeadKernels(on.launcher()).rotate(on.heads(tokens, HEADS), angles, angles, 0, SEQLEN);
        }
    },
    ATTENTION("attention, 32 heads of 128, 2048 tokens", 1, 1, Share.HEAD) {
        @Override
        void launch(Made on, int heads) {
            new Attention(on.launcher()).attend(on.heads(SEQLEN, heads), on.heads(SEQLEN, heads),
                    on.heads(SEQLEN, heads), 0, 0, 0.09f, SEQLEN, SEQLEN, on.matrix(SEQLEN, heads * HEAD_DIM));
        }
    },
    GATE("SiLU, gated, 11008", 1, 1, Share.OF_A_MULTIPROCESSOR) {
        @Override
        void launch(Made on, int tokens) {
            new Pointwise(on.launcher()).activateGated(Activation.SILU, on.matrix(tokens, INNER),
                    on.matrix(tokens, INNER));
        }
    },
    SQUARES("column squares, 4096", 3, 0, Share.SEQUENCE) {
        @Override
        void launch(Made on, int tokens) {
            squares(on, tokens, HIDDEN);
        }
    },
    WIDE_SQUARES("column squares, 11008", 1, 0, Share.SEQUENCE) {
        @Override
        void launch(Made on, int tokens) {
            squares(on, tokens, INNER);
        }
    },
    FINITE("check of the output", 0, 1, Share.OF_A_MULTIPROCESSOR) {
        @Override
        void launch(Made on, int tokens) {
            new Pointwise(on.launcher()).checkFinite(on.matrix(tokens, HIDDEN), on.floats(1));
        }
    };

    static final int HIDDEN = 4096;
    static final int INNER = 11_008;
    static final int HEADS = 32;
    static final int HEAD_DIM = 128;
    static final int SEQLEN = 2048;
    /**
     * Tokens of a product whose blocks run one after the other in {@code kernels/gemm.cu}: they read their part of x
     * and all of w from device memory once, the rest from the second-level cache.
     */
    static final int GROUP_TOKENS = 1024;
    private static final float EPSILON = 1e-5f;

    /** What of a chunk the simulator runs once and twice, for the counters to be extrapolated. */
    enum Share { OF_A_MULTIPROCESSOR, FEATURE_TILE, HEAD, SEQUENCE }

    private final String title;
    private final int inStatistics;
    private final int inPropagation;
    private final Share share;

    BlockStep(String title, int inStatistics, int inPropagation, Share share) {
        this.title = title;
        this.inStatistics = inStatistics;
        this.inPropagation = inPropagation;
        this.share = share;
    }

    /** Carries out one launch on {@code units} tokens, heads or out-features. */
    abstract void launch(Made on, int units);

    private static void product(Made on, int in, int out) {
        new Gemm(on.launcher()).multiply(on.matrix(GROUP_TOKENS, in), on.matrix(out, in), 0, on.matrix(GROUP_TOKENS, out),
                false);
    }

    private static void squares(Made on, int tokens, int columns) {
        new ColumnSquaresFold(on.launcher()).fold(on.matrix(tokens, columns), SEQLEN, 0, on.floats(columns),
                on.bytes(ColumnSquaresFold.scratchBytes(tokens / SEQLEN, SEQLEN, columns)));
    }

    String title() {
        return title;
    }

    int inStatistics() {
        return inStatistics;
    }

    int inPropagation() {
        return inPropagation;
    }

    Share share() {
        return share;
    }

    /** Tensors of zeros in a launcher's memory. */
    record Made(CountingLauncher launcher) {

        DeviceMatrix matrix(int rows, int columns) {
            return new DeviceMatrix(bytes(2L * rows * columns), DType.F16, rows, columns);
        }

        DeviceHeads heads(int tokens, int count) {
            return new DeviceHeads(matrix(tokens, count * HEAD_DIM), 0, HEAD_DIM, count, HEAD_DIM);
        }

        long floats(int count) {
            return bytes(4L * count);
        }

        long bytes(long count) {
            long address = launcher.allocate(count);
            launcher.clear(address, count);
            return address;
        }
    }
}
