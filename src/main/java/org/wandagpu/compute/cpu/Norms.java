package org.wandagpu.compute.cpu;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;
import org.wandagpu.compute.Heads;

/**
 * RMSNorm and LayerNorm over rows, and RMSNorm over single heads. Bound by memory: a row is read once for each of its
 * sums and once to be scaled, all but the first time from the first cache.
 *
 * <p>A sum over a row is taken in two vectors that take turns, and what is left over one by one; then the vectors are
 * added, their lanes by {@link Vectors#sum}, and the rest. The variance is the mean of squared differences from the
 * mean.
 */
final class Norms {

    private static final VectorSpecies<Float> SPECIES = Vectors.SPECIES;
    private static final int LANES = Vectors.LANES;

    private final Workers workers;
    private float[] gains = new float[0];
    private float[] biases = new float[0];

    Norms(Workers workers) {
        this.workers = workers;
    }

    void rms(CpuTensor x, CpuTensor weight, float epsilon, CpuTensor out) {
        int n = (int) x.columns();
        gains = widened(weight, gains);
        RowBlocks.run(workers, x, (first, end) -> {
            for (int row = first; row < end; row++) {
                normalize(x.segment(), out.segment(), 4L * row * n, n, epsilon);
            }
        });
    }

    void rmsOfHeads(Heads heads, CpuTensor x, CpuTensor weight, float epsilon) {
        gains = widened(weight, gains);
        RowBlocks.run(workers, x, (first, end) -> {
            for (int row = first; row < end; row++) {
                for (int head = 0; head < heads.count(); head++) {
                    long at = HeadMemory.at(heads, row, head);
                    normalize(x.segment(), x.segment(), at, heads.headDim(), epsilon);
                }
            }
        });
    }

    void layer(CpuTensor x, CpuTensor weight, CpuTensor bias, float epsilon, CpuTensor out) {
        int n = (int) x.columns();
        gains = widened(weight, gains);
        biases = widened(bias, biases);
        RowBlocks.run(workers, x, (first, end) -> {
            for (int row = first; row < end; row++) {
                long at = 4L * row * n;
                float mean = sum(x.segment(), at, n) / n;
                float factor = factor(squares(x.segment(), at, n, mean), n, epsilon);
                scaleAndShift(x.segment(), out.segment(), at, n, mean, factor);
            }
        });
    }

    /** The values of a vector, in the array given if it is long enough. */
    private static float[] widened(CpuTensor vector, float[] scratch) {
        int length = (int) vector.columns();
        float[] values = scratch.length < length ? new float[length] : scratch;
        vector.widen(0, length, values, 0);
        return values;
    }

    private void normalize(MemorySegment x, MemorySegment out, long at, int n, float epsilon) {
        scale(x, out, at, n, factor(squares(x, at, n, 0), n, epsilon));
    }

    private static float factor(float squares, int n, float epsilon) {
        return (float) (1 / Math.sqrt(squares / n + epsilon));
    }

    private static float sum(MemorySegment x, long at, int n) {
        FloatVector even = FloatVector.zero(SPECIES);
        FloatVector odd = FloatVector.zero(SPECIES);
        int i = 0;
        for (; i <= n - 2 * LANES; i += 2 * LANES) {
            long from = at + 4L * i;
            even = even.add(FloatVector.fromMemorySegment(SPECIES, x, from, Vectors.ORDER));
            odd = odd.add(FloatVector.fromMemorySegment(SPECIES, x, from + 4 * LANES, Vectors.ORDER));
        }
        if (i <= n - LANES) {
            even = even.add(FloatVector.fromMemorySegment(SPECIES, x, at + 4L * i, Vectors.ORDER));
            i += LANES;
        }
        float rest = 0;
        for (; i < n; i++) {
            rest += x.get(CpuTensor.FLOAT, at + 4L * i);
        }
        return Vectors.sum(even.add(odd)) + rest;
    }

    /** Σ (x − mean)². */
    private static float squares(MemorySegment x, long at, int n, float mean) {
        FloatVector even = FloatVector.zero(SPECIES);
        FloatVector odd = FloatVector.zero(SPECIES);
        int i = 0;
        for (; i <= n - 2 * LANES; i += 2 * LANES) {
            long from = at + 4L * i;
            FloatVector first = FloatVector.fromMemorySegment(SPECIES, x, from, Vectors.ORDER).sub(mean);
            FloatVector second = FloatVector.fromMemorySegment(SPECIES, x, from + 4 * LANES, Vectors.ORDER).sub(mean);
            even = first.fma(first, even);
            odd = second.fma(second, odd);
        }
        if (i <= n - LANES) {
            FloatVector last = FloatVector.fromMemorySegment(SPECIES, x, at + 4L * i, Vectors.ORDER).sub(mean);
            even = last.fma(last, even);
            i += LANES;
        }
        float rest = 0;
        for (; i < n; i++) {
            float difference = x.get(CpuTensor.FLOAT, at + 4L * i) - mean;
            rest = Math.fma(difference, difference, rest);
        }
        return Vectors.sum(even.add(odd)) + rest;
    }

    private void scale(MemorySegment x, MemorySegment out, long at, int n, float factor) {
        int whole = SPECIES.loopBound(n);
        for (int i = 0; i < whole; i += LANES) {
            FloatVector.fromMemorySegment(SPECIES, x, at + 4L * i, Vectors.ORDER).mul(factor)
                    .mul(FloatVector.fromArray(SPECIES, gains, i)).intoMemorySegment(out, at + 4L * i, Vectors.ORDER);
        }
        for (int i = whole; i < n; i++) {
            out.set(CpuTensor.FLOAT, at + 4L * i, x.get(CpuTensor.FLOAT, at + 4L * i) * factor * gains[i]);
        }
    }

    private void scaleAndShift(MemorySegment x, MemorySegment out, long at, int n, float mean, float factor) {
        int whole = SPECIES.loopBound(n);
        for (int i = 0; i < whole; i += LANES) {
            FloatVector.fromMemorySegment(SPECIES, x, at + 4L * i, Vectors.ORDER).sub(mean).mul(factor)
                    .fma(FloatVector.fromArray(SPECIES, gains, i), FloatVector.fromArray(SPECIES, biases, i))
                    .intoMemorySegment(out, at + 4L * i, Vectors.ORDER);
        }
        for (int i = whole; i < n; i++) {
            float value = (x.get(CpuTensor.FLOAT, at + 4L * i) - mean) * factor;
            out.set(CpuTensor.FLOAT, at + 4L * i, Math.fma(value, gains[i], biases[i]));
        }
    }
}
