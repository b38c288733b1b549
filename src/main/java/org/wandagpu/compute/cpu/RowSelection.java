package org.wandagpu.compute.cpu;

/** Unstructured selection with a row as comparison group. */
final class RowSelection {

    private final Workers workers;

    RowSelection(Workers workers) {
        this.workers = workers;
    }

    void zeroSmallest(CpuTensor w, CpuTensor s, int zeroedPerRow) {
        float[] norms = Scores.inputNorms(s);
        int columns = (int) w.columns();
        workers.run((int) w.rows(), row -> {
            Integer[] order = Scores.order(Scores.ofRow(w, norms, row), 0, columns);
            for (int i = 0; i < zeroedPerRow; i++) {
                Scores.zero(w, (long) row * columns + order[i]);
            }
        });
    }
}
