package org.wandagpu.compute.cpu;

import java.lang.foreign.MemorySegment;

/** The scores of a matrix, written out; {@link Scores} has them as keys. Bound by writing them. */
final class ScoreMatrix {

    private static final ThreadLocal<float[]> ROW = ThreadLocal.withInitial(() -> new float[0]);

    private final Workers workers;

    ScoreMatrix(Workers workers) {
        this.workers = workers;
    }

    void multiply(CpuTensor w, CpuTensor s, CpuTensor out) {
        int columns = (int) w.columns();
        float[] norms = Scores.inputNorms(s, columns);
        RowBlocks.run(workers, w, (first, end) -> {
            float[] row = row(columns);
            for (int r = first; r < end; r++) {
                w.widen((long) r * columns, columns, row, 0);
                multiply(row, norms, out.segment(), (long) r * columns);
            }
        });
    }

    private static float[] row(int columns) {
        float[] row = ROW.get();
        if (row.length < columns) {
            row = new float[columns];
            ROW.set(row);
        }
        return row;
    }

    /** A NaN is stored as Java's own, whatever bits the product gave it. */
    private static void multiply(float[] row, float[] norms, MemorySegment out, long at) {
        for (int j = 0; j < norms.length; j++) {
            float score = Math.abs(row[j]) * norms[j];
            out.setAtIndex(CpuTensor.FLOAT, at + j, score == score ? score : Float.NaN);
        }
    }
}
