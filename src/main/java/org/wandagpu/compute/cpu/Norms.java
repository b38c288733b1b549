package org.wandagpu.compute.cpu;

import java.lang.foreign.MemorySegment;
import org.wandagpu.compute.Heads;

/** RMSNorm and LayerNorm over rows, and RMSNorm over single heads. */
final class Norms {

    private final Workers workers;

    Norms(Workers workers) {
        this.workers = workers;
    }

    void rms(CpuTensor x, CpuTensor weight, float epsilon, CpuTensor out) {
        int n = (int) x.columns();
        float[] gains = weight.toFloats();
        workers.run((int) x.rows(), t -> {
            float[] row = new float[n];
            x.widen((long) t * n, n, row, 0);
            normalize(row, 0, n, gains, epsilon);
            MemorySegment.copy(row, 0, out.segment(), CpuTensor.FLOAT, 4L * t * n, n);
        });
    }

    private static void normalize(float[] row, int from, int n, float[] gains, float epsilon) {
        float sum = 0;
        for (int i = 0; i < n; i++) {
            sum += row[from + i] * row[from + i];
        }
        float factor = (float) (1 / Math.sqrt(sum / n + epsilon));
        for (int i = 0; i < n; i++) {
            row[from + i] = row[from + i] * factor * gains[i];
        }
    }

    void layer(CpuTensor x, CpuTensor weight, CpuTensor bias, float epsilon, CpuTensor out) {
        int n = (int) x.columns();
        float[] gains = weight.toFloats();
        float[] biases = bias.toFloats();
        workers.run((int) x.rows(), t -> {
            float[] row = new float[n];
            x.widen((long) t * n, n, row, 0);
            float sum = 0;
            for (float value : row) {
                sum += value;
            }
            float mean = sum / n;
            float squares = 0;
            for (float value : row) {
                squares += (value - mean) * (value - mean);
            }
            float factor = (float) (1 / Math.sqrt(squares / n + epsilon));
            for (int i = 0; i < n; i++) {
                row[i] = (row[i] - mean) * factor * gains[i] + biases[i];
            }
            MemorySegment.copy(row, 0, out.segment(), CpuTensor.FLOAT, 4L * t * n, n);
        });
    }

    void rmsOfHeads(Heads heads, CpuTensor x, CpuTensor weight, float epsilon) {
        int n = (int) x.columns();
        float[] gains = weight.toFloats();
        workers.run((int) x.rows(), t -> {
            float[] row = new float[n];
            x.widen((long) t * n, n, row, 0);
            for (int h = 0; h < heads.count(); h++) {
                normalize(row, heads.offset() + h * heads.headStride(), heads.headDim(), gains, epsilon);
            }
            MemorySegment.copy(row, 0, x.segment(), CpuTensor.FLOAT, 4L * t * n, n);
        });
    }
}
