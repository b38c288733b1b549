package org.wandagpu.compute.cpu;

import java.lang.foreign.MemorySegment;
import org.wandagpu.compute.AttentionMask;
import org.wandagpu.compute.Heads;

/** Causal attention of each sequence, with grouped key heads, ALiBi and sliding window. */
final class Attention {

    private final Workers workers;

    Attention(Workers workers) {
        this.workers = workers;
    }

    void run(Heads q, Heads k, Heads v, AttentionMask mask, float scale, int queryLength, int keyLength, CpuTensor out) {
        int tokens = (int) q.tensor().rows();
        float[] queries = q.tensor().toFloats();
        float[] keys = k.tensor().toFloats();
        float[] values = v.tensor().toFloats();
        int dim = q.headDim();
        workers.run(tokens, t -> {
            int sequence = t / queryLength;
            int position = keyLength - queryLength + t % queryLength;
            int from = mask.window() == 0 ? 0 : Math.max(0, position - mask.window() + 1);
            float[] result = new float[q.count() * dim];
            float[] p = new float[position + 1];
            for (int h = 0; h < q.count(); h++) {
                int kv = h / (q.count() / k.count());
                int qBase = t * (int) q.tensor().columns() + q.offset() + h * q.headStride();
                float max = Float.NEGATIVE_INFINITY;
                for (int j = from; j <= position; j++) {
                    int kBase = (sequence * keyLength + j) * (int) k.tensor().columns() + k.offset() + kv * k.headStride();
                    float dot = 0;
                    for (int d = 0; d < dim; d++) {
                        dot += queries[qBase + d] * keys[kBase + d];
                    }
                    p[j] = dot * scale + (mask.alibiSlopes() == null ? 0 : mask.alibiSlopes()[h] * j);
                    max = Math.max(max, p[j]);
                }
                float sum = 0;
                for (int j = from; j <= position; j++) {
                    p[j] = (float) Math.exp(p[j] - max);
                    sum += p[j];
                }
                for (int j = from; j <= position; j++) {
                    int vBase = (sequence * keyLength + j) * (int) v.tensor().columns() + v.offset() + kv * v.headStride();
                    float weight = p[j] / sum;
                    for (int d = 0; d < dim; d++) {
                        result[h * dim + d] += weight * values[vBase + d];
                    }
                }
            }
            MemorySegment.copy(result, 0, out.segment(), CpuTensor.FLOAT, 4L * t * result.length, result.length);
        });
    }
}
