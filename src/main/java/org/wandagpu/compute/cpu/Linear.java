package org.wandagpu.compute.cpu;

import java.lang.foreign.MemorySegment;

/** The linear layer: out = x · wᵀ + bias. */
final class Linear {

    private final Workers workers;

    Linear(Workers workers) {
        this.workers = workers;
    }

    void multiply(CpuTensor x, CpuTensor w, CpuTensor bias, CpuTensor out, boolean add) {
        int in = (int) w.columns();
        int outFeatures = (int) w.rows();
        int tokens = (int) x.rows();
        float[] biases = bias == null ? new float[outFeatures] : bias.toFloats();
        float[] weights = w.toFloats();
        workers.run(tokens, t -> {
            float[] row = new float[in];
            float[] result = new float[outFeatures];
            x.widen((long) t * in, in, row, 0);
            if (add) {
                out.widen((long) t * outFeatures, outFeatures, result, 0);
            }
            for (int o = 0; o < outFeatures; o++) {
                float sum = 0;
                for (int i = 0; i < in; i++) {
                    sum += row[i] * weights[o * in + i];
                }
                result[o] += sum + biases[o];
            }
            MemorySegment.copy(result, 0, out.segment(), CpuTensor.FLOAT, 4L * t * outFeatures, outFeatures);
        });
    }
}
