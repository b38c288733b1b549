package org.wandagpu.compute.cpu;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import org.wandagpu.tensor.DType;

/**
 * The score keys of a run of neighbouring weights of one row: working memory of one thread, used again for run after
 * run.
 */
final class KeyRun {

    private static final int WIDENED = 1024;
    private static final int LANES = Scores.INTS.length();

    private final int margin;
    private final float[] widened = new float[WIDENED];
    private int[] keys = new int[0];

    KeyRun() {
        this(0);
    }

    /** @param margin how many elements before the first key and behind the last a caller reads */
    KeyRun(int margin) {
        this.margin = margin;
    }

    /**
     * The keys, from index {@code margin} on, behind the last one the margin and at least a vector filled with
     * {@link Scores#NONE}; a caller may change them until the next run.
     */
    int[] keys() {
        return keys;
    }

    /** Loads a whole row. */
    void loadRow(CpuTensor w, int row, float[] norms) {
        int columns = (int) w.columns();
        load(w, (long) row * columns, norms, 0, columns);
    }

    /**
     * Computes the keys of a run.
     *
     * @param first index of the first weight in {@code w}
     * @param norms input norm of each column
     * @param column column of the first weight
     * @param count number of weights, all in one row
     */
    void load(CpuTensor w, long first, float[] norms, int column, int count) {
        int end = margin + count;
        int padded = end + margin + 2 * LANES;
        if (keys.length < padded) {
            keys = new int[padded];
        }
        if (w.dtype() == DType.F32) {
            loadFloats(w.segment(), first * Float.BYTES, norms, column, count);
        } else {
            for (int done = 0; done < count; done += WIDENED) {
                int part = Math.min(WIDENED, count - done);
                w.widen(first + done, part, widened, 0);
                loadWidened(norms, column + done, part, margin + done);
            }
        }
        Arrays.fill(keys, end, padded, Scores.NONE);
    }

    private void loadFloats(MemorySegment weights, long address, float[] norms, int column, int count) {
        int whole = Scores.INTS.loopBound(count);
        for (int i = 0; i < whole; i += LANES) {
            FloatVector w = FloatVector.fromMemorySegment(Scores.FLOATS, weights, address + (long) i * Float.BYTES,
                    ByteOrder.LITTLE_ENDIAN);
            Scores.keys(w, FloatVector.fromArray(Scores.FLOATS, norms, column + i)).intoArray(keys, margin + i);
        }
        for (int i = whole; i < count; i++) {
            float w = weights.get(CpuTensor.FLOAT, address + (long) i * Float.BYTES);
            keys[margin + i] = Scores.key(w, norms[column + i]);
        }
    }

    private void loadWidened(float[] norms, int column, int count, int offset) {
        int whole = Scores.INTS.loopBound(count);
        for (int i = 0; i < whole; i += LANES) {
            IntVector of = Scores.keys(FloatVector.fromArray(Scores.FLOATS, widened, i),
                    FloatVector.fromArray(Scores.FLOATS, norms, column + i));
            of.intoArray(keys, offset + i);
        }
        for (int i = whole; i < count; i++) {
            keys[offset + i] = Scores.key(widened[i], norms[column + i]);
        }
    }
}
