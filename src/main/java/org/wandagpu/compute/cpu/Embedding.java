package org.wandagpu.compute.cpu;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;
import org.wandagpu.tensor.DType;

/** Token and position embeddings: rows of a table, widened. Bound by memory. */
final class Embedding {

    private static final VectorSpecies<Float> SPECIES = Vectors.SPECIES;

    private final Workers workers;
    private final ThreadLocal<float[]> rows = ThreadLocal.withInitial(() -> new float[0]);

    Embedding(Workers workers) {
        this.workers = workers;
    }

    /** @throws IllegalArgumentException if an id is not a row of the table */
    void gather(CpuTensor table, int[] ids, CpuTensor out) {
        int hidden = (int) table.columns();
        RowBlocks.run(workers, out, (first, end) -> {
            for (int t = first; t < end; t++) {
                if (table.dtype() == DType.F32) {
                    MemorySegment.copy(table.segment(), 4L * ids[t] * hidden, out.segment(), 4L * t * hidden,
                            4L * hidden);
                } else {
                    float[] row = widened(table, ids[t]);
                    MemorySegment.copy(row, 0, out.segment(), CpuTensor.FLOAT, 4L * t * hidden, hidden);
                }
            }
        });
    }

    void addPositions(CpuTensor table, int first, int seqlen, CpuTensor x) {
        int hidden = (int) table.columns();
        RowBlocks.run(workers, x, (firstRow, end) -> {
            for (int t = firstRow; t < end; t++) {
                add(widened(table, first + t % seqlen), x.segment(), 4L * t * hidden, hidden);
            }
        });
    }

    /** A row of the table in this thread's scratch memory, which may be longer. */
    private float[] widened(CpuTensor table, int index) {
        int hidden = (int) table.columns();
        if (rows.get().length < hidden) {
            rows.set(new float[hidden]);
        }
        table.widen((long) index * hidden, hidden, rows.get(), 0);
        return rows.get();
    }

    private static void add(float[] row, MemorySegment x, long at, int n) {
        int whole = SPECIES.loopBound(n);
        for (int i = 0; i < whole; i += SPECIES.length()) {
            FloatVector.fromMemorySegment(SPECIES, x, at + 4L * i, Vectors.ORDER)
                    .add(FloatVector.fromArray(SPECIES, row, i)).intoMemorySegment(x, at + 4L * i, Vectors.ORDER);
        }
        for (int i = whole; i < n; i++) {
            x.set(CpuTensor.FLOAT, at + 4L * i, x.get(CpuTensor.FLOAT, at + 4L * i) + row[i]);
        }
    }
}
