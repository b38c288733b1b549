package org.wandagpu.compute.cpu;

import java.lang.foreign.MemorySegment;

/** The running mean of squared column norms: Wanda's statistic. */
final class ColumnSquares {

    private final Workers workers;

    ColumnSquares(Workers workers) {
        this.workers = workers;
    }

    void fold(CpuTensor x, int seqlen, int sequencesBefore, CpuTensor s) {
        int columns = (int) x.columns();
        float[] mean = s.toFloats();
        float[] row = new float[columns];
        for (int sequence = 0; sequence < x.rows() / seqlen; sequence++) {
            float[] sums = new float[columns];
            for (int t = 0; t < seqlen; t++) {
                x.widen(((long) sequence * seqlen + t) * columns, columns, row, 0);
                for (int j = 0; j < columns; j++) {
                    sums[j] += row[j] * row[j];
                }
            }
            int n = sequencesBefore + sequence;
            for (int j = 0; j < columns; j++) {
                mean[j] = mean[j] * (float) ((double) n / (n + 1)) + sums[j] / (n + 1);
            }
        }
        MemorySegment.copy(mean, 0, s.segment(), CpuTensor.FLOAT, 0, columns);
    }
}
