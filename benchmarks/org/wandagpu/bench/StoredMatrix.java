package org.wandagpu.bench;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Random;
import org.wandagpu.tensor.DType;
import org.wandagpu.tensor.Half;
import org.wandagpu.tensor.HostTensor;

/** A matrix in host memory in its stored element type, one element at a time: what the naive forms work on. */
record StoredMatrix(DType dtype, int rows, int columns, MemorySegment bytes) {

    /** Normally distributed weights of the size trained ones have. */
    static StoredMatrix random(DType dtype, int rows, int columns, long seed) {
        StoredMatrix matrix = empty(dtype, rows, columns);
        Random random = new Random(seed);
        for (long i = 0; i < (long) rows * columns; i++) {
            float value = (float) random.nextGaussian() * 0.02f;
            switch (dtype) {
                case F16 -> matrix.bytes.setAtIndex(ValueLayout.JAVA_SHORT, i, Half.toF16(value));
                case BF16 -> matrix.bytes.setAtIndex(ValueLayout.JAVA_SHORT, i, Half.toBf16(value));
                default -> matrix.bytes.setAtIndex(ValueLayout.JAVA_FLOAT, i, value);
            }
        }
        return matrix;
    }

    private static StoredMatrix empty(DType dtype, int rows, int columns) {
        long bytes = (long) rows * columns * dtype.bytes();
        return new StoredMatrix(dtype, rows, columns, Arena.ofAuto().allocate(bytes, 64));
    }

    StoredMatrix copy() {
        StoredMatrix copy = empty(dtype, rows, columns);
        copy.copyFrom(this);
        return copy;
    }

    void copyFrom(StoredMatrix other) {
        bytes.copyFrom(other.bytes);
    }

    HostTensor tensor() {
        return new HostTensor("w", dtype, new long[] {rows, columns}, bytes);
    }

    float get(long i) {
        return switch (dtype) {
            case F16 -> Half.fromF16(bytes.getAtIndex(ValueLayout.JAVA_SHORT, i));
            case BF16 -> Half.fromBf16(bytes.getAtIndex(ValueLayout.JAVA_SHORT, i));
            default -> bytes.getAtIndex(ValueLayout.JAVA_FLOAT, i);
        };
    }

    void zero(long i) {
        if (dtype == DType.F32) {
            bytes.setAtIndex(ValueLayout.JAVA_FLOAT, i, 0f);
        } else {
            bytes.setAtIndex(ValueLayout.JAVA_SHORT, i, (short) 0);
        }
    }

    /** Zeroes in a stretch of a row the {@code zeroed} smallest |w| · √s, by sorting scores and columns as longs. */
    void zeroSmallest(int row, int from, int to, float[] s, int zeroed, long[] pairs) {
        long start = (long) row * columns;
        for (int j = from; j < to; j++) {
            float score = Math.abs(get(start + j)) * (float) Math.sqrt(s[j]);
            pairs[j - from] = (long) Float.floatToRawIntBits(score) << Integer.SIZE | j;
        }
        Arrays.sort(pairs, 0, to - from);
        for (int i = 0; i < zeroed; i++) {
            zero(start + (int) pairs[i]);
        }
    }
}
