package org.wandagpu.compute.cpu;

import java.lang.foreign.Arena;
import java.util.concurrent.atomic.AtomicLong;
import org.wandagpu.compute.ShareSearch;

/**
 * The variant's selection: each row loses the scores up to a share alpha of their sum, alpha found by {@link
 * ShareSearch}. Rows are sorted once; an alpha then costs a search in each row.
 */
final class ScoreShareSelection {

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
            double alpha = ShareSearch.alpha(share -> maskedShare(w, sorted, share), (float) sparsity);
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
