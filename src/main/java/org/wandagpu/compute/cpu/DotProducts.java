package org.wandagpu.compute.cpu;

import static org.wandagpu.compute.cpu.Vectors.LANES;
import static org.wandagpu.compute.cpu.Vectors.SPECIES;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

/**
 * x · wᵀ + bias for the few rows of x of a decode step: w is read once from memory, which is what bounds it.
 *
 * <p>A row of w is widened into the level-1 cache by blocks of {@link #BLOCK} in-features. A dot product of a block is
 * summed in four vectors, then over their lanes by halves; blocks are added in order, the bias last. The result of a row
 * of x does not depend on the other rows, but on the width of the vectors.
 */
final class DotProducts {

    /** Up to so many rows this is faster than {@link ProductTile}, which turns w first. */
    static final int MAX_TOKENS = 5;

    private static final int STEP = 4 * LANES;
    private static final int BLOCK = 2048;

    /** Elements of w in a task: some microseconds of work. */
    private static final int TASK_ELEMENTS = 1 << 15;

    private final Workers workers;
    private final ThreadLocal<Scratch> scratches = ThreadLocal.withInitial(Scratch::new);
    private float[] values = {};

    private static final class Scratch {
        final float[] block = new float[BLOCK];
        final float[] sums = new float[MAX_TOKENS];
        final float[] bias = new float[1];
    }

    DotProducts(Workers workers) {
        this.workers = workers;
    }

    /** Like {@link Linear#multiply}, for at most {@link #MAX_TOKENS} rows of x. */
    void multiply(CpuTensor x, CpuTensor w, CpuTensor bias, CpuTensor out, boolean add) {
        int in = (int) w.columns();
        int outputs = (int) w.rows();
        int stride = wholeSteps(in);
        padRows(x, stride);
        Product product = new Product(values, stride, (int) x.rows(), w, bias, out, add);
        int rowsOfATask = Math.max(1, TASK_ELEMENTS / in);
        workers.run(Math.ceilDiv(outputs, rowsOfATask), task -> {
            Scratch scratch = scratches.get();
            int first = task * rowsOfATask;
            for (int o = first; o < Math.min(outputs, first + rowsOfATask); o++) {
                product.row(o, scratch);
            }
        });
    }

    private static int wholeSteps(int length) {
        return Math.ceilDiv(length, STEP) * STEP;
    }

    /** Copies x so that whole steps can be read: zeros add nothing. */
    private void padRows(CpuTensor x, int stride) {
        int in = (int) x.columns();
        int tokens = (int) x.rows();
        if (values.length < tokens * stride) {
            values = new float[tokens * stride];
        }
        for (int t = 0; t < tokens; t++) {
            x.widen((long) t * in, in, values, t * stride);
            Arrays.fill(values, t * stride + in, (t + 1) * stride, 0);
        }
    }

    /** One call's tensors, x as padded rows {@code stride} elements apart. */
    private record Product(float[] x, int stride, int tokens, CpuTensor w, CpuTensor bias, CpuTensor out, boolean add) {

        /** Column o of out: all rows of x by row o of w. */
        void row(int o, Scratch scratch) {
            int in = (int) w.columns();
            Arrays.fill(scratch.sums, 0);
            for (int from = 0; from < in; from += BLOCK) {
                int length = Math.min(BLOCK, in - from);
                w.widen((long) o * in + from, length, scratch.block, 0);
                Arrays.fill(scratch.block, length, wholeSteps(length), 0);
                for (int t = 0; t < tokens; t++) {
                    scratch.sums[t] += dot(x, t * stride + from, scratch.block, wholeSteps(length));
                }
            }
            if (bias != null) {
                bias.widen(o, 1, scratch.bias, 0);
            }
            for (int t = 0; t < tokens; t++) {
                write(t * out.columns() + o, bias == null ? scratch.sums[t] : scratch.sums[t] + scratch.bias[0]);
            }
        }

        private void write(long element, float value) {
            MemorySegment target = out.segment();
            long at = element * Float.BYTES;
            target.set(CpuTensor.FLOAT, at, add ? target.get(CpuTensor.FLOAT, at) + value : value);
        }
    }

    private static float dot(float[] x, int xStart, float[] w, int length) {
        FloatVector a = FloatVector.zero(SPECIES);
        FloatVector b = a;
        FloatVector c = a;
        FloatVector d = a;
        for (int i = 0; i < length; i += STEP) {
            a = FloatVector.fromArray(SPECIES, x, xStart + i).fma(FloatVector.fromArray(SPECIES, w, i), a);
            int j = i + LANES;
            b = FloatVector.fromArray(SPECIES, x, xStart + j).fma(FloatVector.fromArray(SPECIES, w, j), b);
            j += LANES;
            c = FloatVector.fromArray(SPECIES, x, xStart + j).fma(FloatVector.fromArray(SPECIES, w, j), c);
            j += LANES;
            d = FloatVector.fromArray(SPECIES, x, xStart + j).fma(FloatVector.fromArray(SPECIES, w, j), d);
        }
        return Vectors.sum(a.add(b).add(c.add(d)));
    }
}
