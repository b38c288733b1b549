package org.wandagpu.compute.cpu;

/**
 * How a product of {@code tokens} × {@code outputs} elements is cut into pieces for {@link ProductTile}, one a task.
 *
 * <p>Pieces do not change results, so their size may follow the number of threads: large ones copy and widen less,
 * small ones leave no thread without work at the end.
 *
 * @param tokenStep rows of x in a piece, the last one excepted
 * @param outputStep rows of w in a piece, the last one excepted
 */
record TileGrid(int tokens, int outputs, int tokenStep, int outputStep) {

    /** What widening and turning a row of w costs, in rows of x multiplied by it; measured. */
    private static final long COST_OF_A_ROW_OF_W = 18;

    /** What copying a row of x costs, in rows of w multiplied by it; measured. */
    private static final long COST_OF_A_ROW_OF_X = 8;

    /** How many more pieces of x than needed are tried: thin ones make w be widened too often. */
    private static final int MOST_CUTS_OF_X = 8;

    /** The pieces that are done first by threads of equal speed. */
    static TileGrid plan(int tokens, int outputs, int threads) {
        int down = Math.ceilDiv(tokens, ProductTile.MAX_TOKENS);
        int across = Math.ceilDiv(outputs, ProductTile.MAX_OUTPUTS);
        TileGrid best = of(tokens, outputs, down, across);
        for (int i = down; i <= down + Math.min(threads, MOST_CUTS_OF_X); i++) {
            for (int j = across; j <= across + threads; j++) {
                TileGrid grid = of(tokens, outputs, i, j);
                best = grid.cost(threads) < best.cost(threads) ? grid : best;
            }
        }
        return best;
    }

    private static TileGrid of(int tokens, int outputs, int down, int across) {
        return new TileGrid(tokens, outputs, step(tokens, down, TileKernel.ROWS),
                step(outputs, across, TileKernel.COLUMNS));
    }

    /** Length of a piece, in whole kernel tiles. */
    private static int step(int length, int pieces, int tile) {
        return Math.ceilDiv(Math.ceilDiv(length, pieces), tile) * tile;
    }

    private long cost(int threads) {
        return Math.ceilDiv(tasks(), threads) * (tokenStep + COST_OF_A_ROW_OF_W) * (outputStep + COST_OF_A_ROW_OF_X);
    }

    private int down() {
        return Math.ceilDiv(tokens, tokenStep);
    }

    /** Number of pieces. Neighbours share their rows of w. */
    int tasks() {
        return down() * Math.ceilDiv(outputs, outputStep);
    }

    int firstToken(int task) {
        return task % down() * tokenStep;
    }

    int tokensOf(int task) {
        return Math.min(tokenStep, tokens - firstToken(task));
    }

    int firstOutput(int task) {
        return task / down() * outputStep;
    }

    int outputsOf(int task) {
        return Math.min(outputStep, outputs - firstOutput(task));
    }
}
