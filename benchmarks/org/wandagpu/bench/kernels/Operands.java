package org.wandagpu.bench.kernels;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;
import org.wandagpu.compute.cuda.ColumnSquaresFold;
import org.wandagpu.compute.cuda.DeviceMatrix;
import org.wandagpu.tensor.DType;
import org.wandagpu.tensor.Half;
import org.wandagpu.tensor.MetadataOrder;

/**
 * What a kernel works on, in device memory.
 *
 * @param w weights or activations, F16
 * @param norms of the columns, or their statistic
 * @param values room for the values of the compressed matrix, or for partial sums
 * @param metadata room for its metadata
 */
record Operands(DeviceMatrix w, long norms, long values, long metadata) {

    private static final float WEIGHT = 0.02f;

    /** Device memory that can be had and filled. */
    interface Memory {
        long allocate(long bytes);

        void copyIn(long address, MemorySegment bytes);
    }

    /** @param weights what {@link #weights} gave for this shape */
    static Operands make(int rows, int columns, MemorySegment weights, Memory memory) {
        DeviceMatrix w = new DeviceMatrix(memory.allocate(weights.byteSize()), DType.F16, rows, columns);
        long norms = memory.allocate((long) Float.BYTES * columns);
        long values = memory.allocate(Math.max((long) rows * columns, ColumnSquaresFold.scratchBytes(1, rows, columns)));
        memory.copyIn(w.address(), weights);
        memory.copyIn(norms, MemorySegment.ofArray(norms(columns)));
        return new Operands(w, norms, values, memory.allocate(MetadataOrder.bytes(rows, columns)));
    }

    /** Weights as trained ones are, normal, in F16. */
    static MemorySegment weights(int rows, int columns) {
        SplittableRandom random = new SplittableRandom(columns);
        MemorySegment bits = Arena.ofAuto().allocate(2L * rows * columns, 64);
        for (long i = 0; i < (long) rows * columns; i++) {
            bits.setAtIndex(ValueLayout.JAVA_SHORT, i, Half.toF16((float) random.nextGaussian() * WEIGHT));
        }
        return bits;
    }

    /** Log-normal, as those of activations are. */
    private static float[] norms(int columns) {
        SplittableRandom random = new SplittableRandom(1);
        float[] norms = new float[columns];
        for (int j = 0; j < columns; j++) {
            norms[j] = (float) Math.exp(random.nextGaussian() / 2);
        }
        return norms;
    }
}
