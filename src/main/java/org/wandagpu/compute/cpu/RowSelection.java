package org.wandagpu.compute.cpu;

/**
 * Unstructured selection with a row as comparison group: keys, the limit below which the wanted number lies, one pass
 * that zeroes. Reads and writes each weight once; the keys of a row stay in the cache.
 */
final class RowSelection {

    private final Workers workers;
    private final ThreadLocal<KeyRun> keyRuns = ThreadLocal.withInitial(KeyRun::new);
    private final ThreadLocal<SmallestKeys> finders = ThreadLocal.withInitial(SmallestKeys::new);

    RowSelection(Workers workers) {
        this.workers = workers;
    }

    void zeroSmallest(CpuTensor w, CpuTensor s, int zeroedPerRow) {
        int columns = (int) w.columns();
        float[] norms = Scores.inputNorms(s, columns);
        RowBlocks.run(workers, w, (first, end) -> {
            KeyRun run = keyRuns.get();
            SmallestKeys smallest = finders.get();
            for (int row = first; row < end; row++) {
                run.loadRow(w, row, norms);
                int limit = smallest.limit(run.keys(), columns, zeroedPerRow);
                Zeroing.below(w, (long) row * columns, run.keys(), columns, limit);
            }
        });
    }
}
