package org.wandagpu.compute.cpu;

/** Cross-entropy over the vocabulary. */
final class CrossEntropy {

    private final Workers workers;

    CrossEntropy(Workers workers) {
        this.workers = workers;
    }

    void losses(CpuTensor x, CpuTensor head, CpuTensor bias, int[] targets, float[] losses) {
        int hidden = (int) head.columns();
        int vocabulary = (int) head.rows();
        float[] weights = head.toFloats();
        float[] biases = bias == null ? new float[vocabulary] : bias.toFloats();
        workers.run(targets.length, t -> {
            float[] row = new float[hidden];
            x.widen((long) t * hidden, hidden, row, 0);
            double[] logits = new double[vocabulary];
            double max = Double.NEGATIVE_INFINITY;
            for (int v = 0; v < vocabulary; v++) {
                double sum = biases[v];
                for (int i = 0; i < hidden; i++) {
                    sum += row[i] * weights[v * hidden + i];
                }
                logits[v] = sum;
                max = Math.max(max, sum);
            }
            double total = 0;
            for (double logit : logits) {
                total += Math.exp(logit - max);
            }
            losses[t] = targets[t] < 0 ? 0 : (float) (max + Math.log(total) - logits[targets[t]]);
        });
    }
}
