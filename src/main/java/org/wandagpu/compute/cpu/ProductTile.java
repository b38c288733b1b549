package org.wandagpu.compute.cpu;

import static org.wandagpu.compute.cpu.TileKernel.MAX_TERMS;
import static org.wandagpu.compute.cpu.TileKernel.X_STRIDE;

/**
 * One thread's workspace for a piece of x · wᵀ + bias: up to {@link #MAX_TOKENS} rows of x times
 * {@link #MAX_OUTPUTS} rows of w. Never more of w than a piece is widened at a time.
 *
 * <p>The in-features are cut into blocks of nearly equal length. For each, the rows of x are copied side by side, the
 * rows of w are widened and turned into panels of {@link TileKernel#COLUMNS} columns, and {@link TileKernel} runs over
 * both: the panel and a few rows of x from the level-1 cache, the rest from level 2.
 *
 * <p>An element is the bias, plus the sum of each block in order, each a chain of fused multiply-adds in ascending
 * order. So it depends on its row of x, its row of w and the number of in-features alone: not on the piece, the rows
 * beside it, the number of threads or the width of the vectors.
 */
final class ProductTile {

    /** Most rows of x: many, because widening and turning a row of w costs as much as 18 of them. */
    static final int MAX_TOKENS = 512;

    /** Most rows of w: copying a row of x costs as much as 8 of them. */
    static final int MAX_OUTPUTS = 288;

    private final float[] rows = new float[MAX_TOKENS * X_STRIDE];
    private final float[] widened = new float[Transposition.SIDE * X_STRIDE];
    private final float[] panels = new float[MAX_OUTPUTS * MAX_TERMS];
    private final float[] sums = new float[MAX_TOKENS * MAX_OUTPUTS];
    private final Transposition transposition = new Transposition();

    /**
     * Multiplies {@code tokens} rows of x by {@code outputs} rows of w.
     *
     * @param x {@code [any, inFeatures]}, inFeatures at least 1
     * @param w {@code [any, inFeatures]}
     * @param bias one element a row of w, or null
     */
    void multiply(CpuTensor x, int firstToken, int tokens, CpuTensor w, CpuTensor bias, int firstOutput, int outputs) {
        int in = (int) w.columns();
        int blockLength = Math.ceilDiv(in, Math.ceilDiv(in, MAX_TERMS));
        if (bias != null) {
            beginWithBias(bias, tokens, firstOutput, outputs);
        }
        for (int from = 0; from < in; from += blockLength) {
            int terms = Math.min(blockLength, in - from);
            copyRows(x, firstToken, tokens, from, terms);
            packPanels(w, firstOutput, outputs, from, terms);
            multiplyBlock(tokens, outputs, terms, bias != null || from > 0);
        }
    }

    private void beginWithBias(CpuTensor bias, int tokens, int firstOutput, int outputs) {
        bias.widen(firstOutput, outputs, sums, 0);
        for (int t = 1; t < tokens; t++) {
            System.arraycopy(sums, 0, sums, rowOf(t), outputs);
        }
    }

    private void copyRows(CpuTensor x, int firstToken, int tokens, int from, int terms) {
        for (int t = 0; t < tokens; t++) {
            x.widen((firstToken + t) * x.columns() + from, terms, rows, t * X_STRIDE);
        }
    }

    /** Element (row o, in-feature k) goes to panel o / COLUMNS, row k, column o mod COLUMNS. */
    private void packPanels(CpuTensor w, int firstOutput, int outputs, int from, int terms) {
        for (int o = 0; o < outputs; o += Transposition.SIDE) {
            for (int i = 0; i < Math.min(Transposition.SIDE, outputs - o); i++) {
                w.widen((firstOutput + o + i) * w.columns() + from, terms, widened, i * X_STRIDE);
            }
            int column = o % TileKernel.COLUMNS;
            int corner = (o - column) * MAX_TERMS + column;
            for (int k = 0; k < terms; k += Transposition.SIDE) {
                transposition.turn(widened, k, X_STRIDE,
                        panels, corner + k * TileKernel.COLUMNS, TileKernel.COLUMNS);
            }
        }
    }

    /** Rows and columns up to the next whole tile come out as well: garbage, never read. */
    private void multiplyBlock(int tokens, int outputs, int terms, boolean add) {
        for (int o = 0; o < outputs; o += TileKernel.COLUMNS) {
            for (int t = 0; t < tokens; t += TileKernel.ROWS) {
                TileKernel.multiply(rows, t * X_STRIDE, panels, o * MAX_TERMS, terms,
                        sums, rowOf(t) + o, MAX_OUTPUTS, add);
            }
        }
    }

    /** The products of the last call; row t begins at {@link #rowOf}. May be overwritten by the reader. */
    float[] sums() {
        return sums;
    }

    /** Where in {@link #sums} the products of row {@code firstToken + t} begin. */
    static int rowOf(int t) {
        return t * MAX_OUTPUTS;
    }
}
