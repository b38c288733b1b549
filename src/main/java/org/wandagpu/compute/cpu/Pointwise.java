package org.wandagpu.compute.cpu;

import java.lang.foreign.MemorySegment;
import org.wandagpu.compute.Activation;

/** Activations and sums, element by element. */
final class Pointwise {

    private final Workers workers;

    Pointwise(Workers workers) {
        this.workers = workers;
    }

    void activate(Activation f, CpuTensor x) {
        int n = (int) x.columns();
        workers.run((int) x.rows(), t -> {
            float[] row = new float[n];
            x.widen((long) t * n, n, row, 0);
            for (int i = 0; i < n; i++) {
                row[i] = apply(f, row[i]);
            }
            MemorySegment.copy(row, 0, x.segment(), CpuTensor.FLOAT, 4L * t * n, n);
        });
    }

    void activateGated(Activation f, CpuTensor gate, CpuTensor up) {
        int n = (int) gate.columns();
        workers.run((int) gate.rows(), t -> {
            float[] row = new float[n];
            float[] other = new float[n];
            gate.widen((long) t * n, n, row, 0);
            up.widen((long) t * n, n, other, 0);
            for (int i = 0; i < n; i++) {
                row[i] = apply(f, row[i]) * other[i];
            }
            MemorySegment.copy(row, 0, gate.segment(), CpuTensor.FLOAT, 4L * t * n, n);
        });
    }

    void add(CpuTensor x, CpuTensor y) {
        int n = (int) y.columns();
        workers.run((int) y.rows(), t -> {
            float[] row = new float[n];
            float[] other = new float[n];
            y.widen((long) t * n, n, row, 0);
            x.widen((long) t * n, n, other, 0);
            for (int i = 0; i < n; i++) {
                row[i] += other[i];
            }
            MemorySegment.copy(row, 0, y.segment(), CpuTensor.FLOAT, 4L * t * n, n);
        });
    }

    private static float apply(Activation f, float x) {
        return switch (f) {
            case RELU -> Math.max(x, 0);
            case SILU -> (float) (x / (1 + Math.exp(-x)));
            case GELU_TANH -> (float) (0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x))));
            case GELU_ERF -> (float) (0.5 * x * (1 + erf(x / Math.sqrt(2))));
        };
    }

    /** Abramowitz and Stegun 7.1.5, the Maclaurin series, and 7.1.14, the continued fraction, for large arguments. */
    private static double erf(double x) {
        double a = Math.abs(x);
        if (a < 3) {
            double term = a;
            double sum = a;
            for (int n = 1; n < 80; n++) {
                term *= -a * a / n;
                sum += term / (2 * n + 1);
            }
            return Math.copySign(2 / Math.sqrt(Math.PI) * sum, x);
        }
        double fraction = a;
        for (int n = 60; n > 0; n--) {
            fraction = a + n / 2.0 / fraction;
        }
        return Math.copySign(1 - Math.exp(-a * a) / (fraction * Math.sqrt(Math.PI)), x);
    }
}
