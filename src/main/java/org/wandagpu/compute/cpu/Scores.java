package org.wandagpu.compute.cpu;

import java.util.Arrays;

/** Scores |w| · √s of a stretch of one row, as sortable integers: a smaller score has a smaller key, NaN the largest. */
final class Scores {

    private Scores() {
    }

    /** √s of each column, or null for magnitude. */
    static float[] inputNorms(CpuTensor s) {
        if (s == null) {
            return null;
        }
        float[] norms = s.toFloats();
        for (int j = 0; j < norms.length; j++) {
            norms[j] = (float) Math.sqrt(norms[j]);
        }
        return norms;
    }

    static float[] ofRow(CpuTensor w, float[] inputNorms, int row) {
        int columns = (int) w.columns();
        float[] scores = new float[columns];
        w.widen((long) row * columns, columns, scores, 0);
        for (int j = 0; j < columns; j++) {
            scores[j] = inputNorms == null ? Math.abs(scores[j]) : Math.abs(scores[j]) * inputNorms[j];
        }
        return scores;
    }

    /** Columns of a stretch in ascending order of (score, column). */
    static Integer[] order(float[] scores, int from, int to) {
        Integer[] order = new Integer[to - from];
        Arrays.setAll(order, i -> from + i);
        Arrays.sort(order, (a, b) -> Float.compare(scores[a] + 0f, scores[b] + 0f));
        return order;
    }

    static void zero(CpuTensor w, long element) {
        int bytes = w.dtype().bytes();
        w.segment().asSlice(element * bytes, bytes).fill((byte) 0);
    }
}
