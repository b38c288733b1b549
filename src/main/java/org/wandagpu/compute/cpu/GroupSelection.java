package org.wandagpu.compute.cpu;

import org.wandagpu.tensor.NmPattern;

/** N:M selection. */
final class GroupSelection {

    private final Workers workers;

    GroupSelection(Workers workers) {
        this.workers = workers;
    }

    void zeroSmallest(CpuTensor w, CpuTensor s, NmPattern pattern) {
        float[] norms = Scores.inputNorms(s);
        int columns = (int) w.columns();
        workers.run((int) w.rows(), row -> {
            float[] scores = Scores.ofRow(w, norms, row);
            for (int from = 0; from < columns; from += pattern.groupSize()) {
                Integer[] order = Scores.order(scores, from, Math.min(columns, from + pattern.groupSize()));
                for (int i = 0; i < pattern.zeroedPerGroup(); i++) {
                    Scores.zero(w, (long) row * columns + order[i]);
                }
            }
        });
    }
}
