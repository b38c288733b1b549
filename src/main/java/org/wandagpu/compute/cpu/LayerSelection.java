package org.wandagpu.compute.cpu;

/** Unstructured selection with the whole layer as comparison group. */
final class LayerSelection {

    private final Workers workers;
    private final LayerRanking ranking;
    private final ThreadLocal<KeyRun> keyRuns = ThreadLocal.withInitial(KeyRun::new);

    LayerSelection(Workers workers) {
        this.workers = workers;
        this.ranking = new LayerRanking(workers);
    }

    void zeroSmallest(CpuTensor w, CpuTensor s, long zeroed) {
        if (zeroed == 0) {
            return;
        }
        float[] norms = Scores.inputNorms(s, w.columns());
        LayerRanking.Entry last = ranking.find(w, norms, zeroed - 1);
        long ties = zeroed - last.below();
        if (ties == last.equal()) {
            zeroBelow(w, norms, last.key() + 1);
        } else {
            zeroBelowAndTies(w, norms, last.key(), ties);
        }
    }

    void zeroUpToRank(CpuTensor w, long rank) {
        if (rank >= w.rows() * w.columns()) {
            w.segment().fill((byte) 0);
            return;
        }
        float[] norms = Scores.inputNorms(null, w.columns());
        int threshold = ranking.find(w, norms, rank).key();
        if (threshold != Scores.NAN) {
            zeroBelow(w, norms, threshold + 1);
        }
    }

    private void zeroBelow(CpuTensor w, float[] norms, int limit) {
        int columns = (int) w.columns();
        forRows(w, norms, (row, run) -> Zeroing.below(w, (long) row * columns, run.keys(), columns, limit));
    }

    /** Zeroes what is below {@code key} and, by (row, column), the first {@code ties} weights whose key it is. */
    private void zeroBelowAndTies(CpuTensor w, float[] norms, int key, long ties) {
        int columns = (int) w.columns();
        int[] tiesInRow = new int[(int) w.rows()];
        forRows(w, norms, (row, run) -> tiesInRow[row] = SmallestKeys.countBelow(run.keys(), columns, key + 1)
                - SmallestKeys.countBelow(run.keys(), columns, key));
        int[] tiesToGo = new int[tiesInRow.length];
        long left = ties;
        for (int row = 0; row < tiesInRow.length; row++) {
            tiesToGo[row] = (int) Math.min(left, tiesInRow[row]);
            left -= tiesToGo[row];
        }
        forRows(w, norms, (row, run) -> {
            SmallestKeys.lowerFirst(run.keys(), columns, key, tiesToGo[row]);
            Zeroing.below(w, (long) row * columns, run.keys(), columns, key);
        });
    }

    private interface RowBody {
        void accept(int row, KeyRun run);
    }

    private void forRows(CpuTensor w, float[] norms, RowBody body) {
        RowBlocks.run(workers, w, (first, end) -> {
            KeyRun run = keyRuns.get();
            for (int row = first; row < end; row++) {
                run.loadRow(w, row, norms);
                body.accept(row, run);
            }
        });
    }
}
