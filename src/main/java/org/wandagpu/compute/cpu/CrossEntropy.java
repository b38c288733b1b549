package org.wandagpu.compute.cpu;

import java.util.Arrays;

/**
 * Cross-entropy over the vocabulary. Logits exist only as pieces of {@link ProductTile}, each folded into a running
 * maximum and a sum of exponentials before the next one replaces it.
 *
 * <p>Logits and their exponentials are fp32, sums of one piece's exponentials by lanes, everything after that in double.
 * Pieces of the vocabulary have a fixed length and are folded in order, so the loss of a row has the same bits
 * whatever rows are beside it.
 */
final class CrossEntropy {

    /** Pieces of the vocabulary that a task folds. */
    private static final int PIECES_OF_A_PART = 4;
    private static final int PIECE = ProductTile.MAX_OUTPUTS;
    private static final int PART = PIECES_OF_A_PART * PIECE;

    private final Workers workers;
    private final ThreadLocal<ProductTile> tiles;

    CrossEntropy(Workers workers, ThreadLocal<ProductTile> tiles) {
        this.workers = workers;
        this.tiles = tiles;
    }

    /** See {@link org.wandagpu.compute.Ops#crossEntropy}. */
    void losses(CpuTensor x, CpuTensor head, CpuTensor bias, int[] targets, float[] losses) {
        int tokens = targets.length;
        int vocabulary = (int) head.rows();
        int parts = Math.ceilDiv(vocabulary, PART);
        int pieces = Math.ceilDiv(tokens, ProductTile.MAX_TOKENS);
        int step = Math.ceilDiv(tokens, Math.max(1, pieces));
        LogSums sums = new LogSums(parts, tokens);
        float[] targetLogits = new float[tokens];
        workers.run(parts * pieces, task -> {
            int first = task % pieces * step;
            int count = Math.min(step, tokens - first);
            int part = task / pieces;
            if (Arrays.stream(targets, first, first + count).allMatch(target -> target < 0)) {
                return;
            }
            ProductTile tile = tiles.get();
            int end = Math.min(vocabulary, (part + 1) * PART);
            for (int word = part * PART; word < end; word += PIECE) {
                int words = Math.min(PIECE, end - word);
                tile.multiply(x, first, count, head, bias, word, words);
                for (int t = 0; t < count; t++) {
                    int row = ProductTile.rowOf(t);
                    int target = targets[first + t] - word;
                    if (target >= 0 && target < words) {
                        targetLogits[first + t] = tile.sums()[row + target];
                    }
                    sums.fold(part, first + t, tile.sums(), row, words);
                }
            }
        });
        for (int t = 0; t < tokens; t++) {
            losses[t] = targets[t] < 0 ? 0 : (float) (sums.of(t) - targetLogits[t]);
        }
    }
}
