package org.wandagpu.compute.cpu;

import java.util.Arrays;

/** Unstructured selection with the whole layer as comparison group. */
final class LayerSelection {

    private final Workers workers;

    LayerSelection(Workers workers) {
        this.workers = workers;
    }

    void zeroSmallest(CpuTensor w, CpuTensor s, long zeroed) {
        float[] norms = Scores.inputNorms(s);
        int columns = (int) w.columns();
        float[] all = new float[(int) (w.rows() * columns)];
        for (int row = 0; row < w.rows(); row++) {
            System.arraycopy(Scores.ofRow(w, norms, row), 0, all, row * columns, columns);
        }
        Integer[] order = Scores.order(all, 0, all.length);
        for (int i = 0; i < zeroed; i++) {
            Scores.zero(w, order[i]);
        }
    }

    void zeroUpToRank(CpuTensor w, long rank) {
        float[] all = w.toFloats();
        float[] sorted = new float[all.length];
        for (int i = 0; i < all.length; i++) {
            sorted[i] = Math.abs(all[i]);
        }
        Arrays.sort(sorted);
        for (int i = 0; i < all.length; i++) {
            if (rank >= all.length || Math.abs(all[i]) <= sorted[(int) rank]) {
                Scores.zero(w, i);
            }
        }
    }
}
