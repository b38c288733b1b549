package org.wandagpu.compute.cpu;

import java.lang.foreign.MemorySegment;
import org.wandagpu.compute.Heads;

/** Rotary position embedding, by halves, in place. */
final class Rotary {

    private final Workers workers;

    Rotary(Workers workers) {
        this.workers = workers;
    }

    void rotate(Heads heads, CpuTensor x, CpuTensor cos, CpuTensor sin, int first, int seqlen) {
        int columns = (int) x.columns();
        int n = (int) cos.columns();
        workers.run((int) x.rows(), t -> {
            float[] row = new float[columns];
            float[] c = new float[n];
            float[] s = new float[n];
            x.widen((long) t * columns, columns, row, 0);
            cos.widen((long) (first + t % seqlen) * n, n, c, 0);
            sin.widen((long) (first + t % seqlen) * n, n, s, 0);
            for (int h = 0; h < heads.count(); h++) {
                int base = heads.offset() + h * heads.headStride();
                for (int i = 0; i < n; i++) {
                    float a = row[base + i];
                    float b = row[base + n + i];
                    row[base + i] = a * c[i] - b * s[i];
                    row[base + n + i] = b * c[i] + a * s[i];
                }
            }
            MemorySegment.copy(row, 0, x.segment(), CpuTensor.FLOAT, 4L * t * columns, columns);
        });
    }

    void copy(Heads from, CpuTensor source, Heads to, CpuTensor target) {
        for (long t = 0; t < source.rows(); t++) {
            for (int h = 0; h < from.count(); h++) {
                MemorySegment.copy(
                        source.segment(), 4 * (t * source.columns() + from.offset() + (long) h * from.headStride()),
                        target.segment(), 4 * (t * target.columns() + to.offset() + (long) h * to.headStride()),
                        4L * from.headDim());
            }
        }
    }
}
