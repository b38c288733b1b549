package org.wandagpu.compute.cpu;

import java.lang.foreign.Arena;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The variant's selection: each row loses the scores up to a share alpha of their sum, alpha searched by halving until
 * the whole matrix loses what was asked for (reference-semantics §6). Rows are sorted once; an alpha then costs a
 * search in each row.
 */
final class ScoreShareSelection {

    private static final double FIRST_ALPHA = 0.4;
    private static final double HIGHEST_ALPHA = 0.8;
    private static final double PRECISION = 0.001;

    private final Workers workers;
    private final ThreadLocal<KeyRun> keyRuns = ThreadLocal.withInitial(KeyRun::new);

    ScoreShareSelection(Workers workers) {
        this.workers = workers;
    }

    double zero(CpuTensor w, CpuTensor s, double sparsity) {
        int columns = (int) w.columns();
        float[] norms = Scores.inputNorms(s, columns);
        try (Arena arena = Arena.ofShared()) {
            SortedScores sorted = new SortedScores(arena, (int) w.rows(), columns);
            RowBlocks.run(workers, w, (first, end) -> {
                KeyRun run = keyRuns.get();
                for (int row = first; row < end; row++) {
                    run.loadRow(w, row, norms);
                    sorted.sort(row, run.keys());
                }
            });
            double alpha = search(w, sorted, (float) sparsity);
            RowBlocks.run(workers, w, (first, end) -> {
                KeyRun run = keyRuns.get();
                for (int row = first; row < end; row++) {
                    run.loadRow(w, row, norms);
                    int limit = sorted.limit(row, (float) alpha);
                    Zeroing.below(w, (long) row * columns, run.keys(), columns, limit);
                }
            });
            return alpha;
        }
    }

    /** Shares are compared in fp32, as published. */
    private double search(CpuTensor w, SortedScores sorted, float sparsity) {
        double alpha = FIRST_ALPHA;
        double low = 0;
        double high = HIGHEST_ALPHA;
        float current = maskedShare(w, sorted, (float) alpha);
        while (Math.abs(current - sparsity) > (float) PRECISION && high - low >= PRECISION) {
            double next;
            if (current > sparsity) {
                next = (alpha + low) / 2;
                high = alpha;
            } else {
                next = (alpha + high) / 2;
                low = alpha;
            }
            alpha = next;
            current = maskedShare(w, sorted, (float) alpha);
        }
        return alpha;
    }

    private float maskedShare(CpuTensor w, SortedScores sorted, float alpha) {
        AtomicLong masked = new AtomicLong();
        RowBlocks.run(workers, w, (first, end) -> {
            long inBlock = 0;
            for (int row = first; row < end; row++) {
                inBlock += sorted.masked(row, alpha);
            }
            masked.addAndGet(inBlock);
        });
        return (float) masked.get() / (w.rows() * w.columns());
    }
}
