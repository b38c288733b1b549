package org.wandagpu.compute.cpu;

import java.lang.foreign.MemorySegment;

/** Token and position embeddings: gathers rows of a table. Bound by memory; one pass. */
final class Embedding {

    private final Workers workers;

    Embedding(Workers workers) {
        this.workers = workers;
    }

    void gather(CpuTensor table, int[] ids, CpuTensor out) {
        int hidden = (int) table.columns();
        float[] row = new float[hidden];
        for (int t = 0; t < ids.length; t++) {
            table.widen((long) ids[t] * hidden, hidden, row, 0);
            MemorySegment.copy(row, 0, out.segment(), CpuTensor.FLOAT, 4L * t * hidden, hidden);
        }
    }

    void addPositions(CpuTensor table, int first, int seqlen, CpuTensor x) {
        int hidden = (int) table.columns();
        float[] row = new float[hidden];
        float[] position = new float[hidden];
        for (int t = 0; t < x.rows(); t++) {
            x.widen((long) t * hidden, hidden, row, 0);
            table.widen((long) (first + t % seqlen) * hidden, hidden, position, 0);
            for (int j = 0; j < hidden; j++) {
                row[j] += position[j];
            }
            MemorySegment.copy(row, 0, x.segment(), CpuTensor.FLOAT, 4L * t * hidden, hidden);
        }
    }
}
