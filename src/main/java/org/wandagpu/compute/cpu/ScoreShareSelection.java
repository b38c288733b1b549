package org.wandagpu.compute.cpu;

import java.util.Arrays;

/** The variant's selection: each row loses a share of its score sum. */
final class ScoreShareSelection {

    private final Workers workers;

    ScoreShareSelection(Workers workers) {
        this.workers = workers;
    }

    double zero(CpuTensor w, CpuTensor s, double sparsity) {
        float[] norms = Scores.inputNorms(s);
        int rows = (int) w.rows();
        int columns = (int) w.columns();
        float[][] scores = new float[rows][];
        float[][] sorted = new float[rows][];
        float[][] sums = new float[rows][columns];
        float[] totals = new float[rows];
        for (int row = 0; row < rows; row++) {
            scores[row] = Scores.ofRow(w, norms, row);
            sorted[row] = scores[row].clone();
            Arrays.sort(sorted[row]);
            double sum = 0;
            for (int j = 0; j < columns; j++) {
                sum += sorted[row][j];
                sums[row][j] = (float) sum;
            }
            totals[row] = (float) sum;
        }
        double alpha = 0.4;
        double low = 0;
        double high = 0.8;
        float[] thresholds = thresholds(sorted, sums, totals, alpha);
        float current = share(scores, thresholds);
        while (Math.abs(current - (float) sparsity) > 0.001f && high - low >= 0.001) {
            double next;
            if (current > (float) sparsity) {
                next = (alpha + low) / 2;
                high = alpha;
            } else {
                next = (alpha + high) / 2;
                low = alpha;
            }
            alpha = next;
            thresholds = thresholds(sorted, sums, totals, alpha);
            current = share(scores, thresholds);
        }
        for (int row = 0; row < rows; row++) {
            for (int j = 0; j < columns; j++) {
                if (scores[row][j] <= thresholds[row]) {
                    Scores.zero(w, (long) row * columns + j);
                }
            }
        }
        return alpha;
    }

    private static float[] thresholds(float[][] sorted, float[][] sums, float[] totals, double alpha) {
        float[] thresholds = new float[sorted.length];
        for (int row = 0; row < sorted.length; row++) {
            float limit = totals[row] * (float) alpha;
            int count = 0;
            for (float sum : sums[row]) {
                if (sum <= limit) {
                    count++;
                }
            }
            thresholds[row] = count == 0 ? -1 : sorted[row][count - 1];
        }
        return thresholds;
    }

    private static float share(float[][] scores, float[] thresholds) {
        long masked = 0;
        long all = 0;
        for (int row = 0; row < scores.length; row++) {
            for (float score : scores[row]) {
                if (score <= thresholds[row]) {
                    masked++;
                }
            }
            all += scores[row].length;
        }
        return (float) masked / all;
    }
}
