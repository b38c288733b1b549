package org.wandagpu.compute.cpu;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import org.wandagpu.failure.DeviceException;

/**
 * The sorted scores of each row of a layer, and how far a share of a row's score sum reaches.
 *
 * <p>Holds 4 bytes a weight, outside the Java heap. Cumulative sums run in double from the smallest score up, each
 * rounded to fp32 before it is compared, as the published code's do; one in {@value #STEP} is kept, from which a search
 * goes on exactly.
 */
final class SortedScores {

    private static final int STEP = 64;

    private final MemorySegment keys;
    private final int columns;
    private final int stepsPerRow;
    /** Sum of the scores before each step of each row. */
    private final double[] sums;
    private final float[] totals;

    /**
     * @param arena owns the memory
     * @throws DeviceException if the memory cannot be had
     */
    SortedScores(Arena arena, int rows, int columns) {
        this.columns = columns;
        this.stepsPerRow = Math.ceilDiv(columns, STEP);
        try {
            this.keys = arena.allocate(ValueLayout.JAVA_INT, (long) rows * columns);
        } catch (OutOfMemoryError e) {
            throw new DeviceException("out of memory: " + 4L * rows * columns + " bytes for the sorted scores of a ["
                    + rows + ", " + columns + "] layer could not be had; prune without --variant", e);
        }
        this.sums = new double[Math.multiplyExact(rows, stepsPerRow)];
        this.totals = new float[rows];
    }

    /** Takes a row's score keys and sorts them, in the array given too. */
    void sort(int row, int[] rowKeys) {
        Arrays.sort(rowKeys, 0, columns);
        MemorySegment.copy(rowKeys, 0, keys, ValueLayout.JAVA_INT, start(row) * Integer.BYTES, columns);
        double sum = 0;
        for (int i = 0; i < columns; i++) {
            if (i % STEP == 0) {
                sums[row * stepsPerRow + i / STEP] = sum;
            }
            sum += Float.intBitsToFloat(rowKeys[i]);
        }
        totals[row] = (float) sum;
    }

    /**
     * The limit below which a row's keys go: one above the last score whose cumulative sum is at most {@code alpha}
     * times the row's sum; 0, so that nothing goes, where there is none.
     */
    int limit(int row, float alpha) {
        int reached = reached(row, totals[row] * alpha);
        return reached == 0 ? 0 : key(row, reached - 1) + 1;
    }

    /** Number of a row's keys that go, those equal to the last one included. */
    int masked(int row, float alpha) {
        int masked = reached(row, totals[row] * alpha);
        while (masked > 0 && masked < columns && key(row, masked) == key(row, masked - 1)) {
            masked++;
        }
        return masked;
    }

    /** Number of cumulative sums up to {@code limit}; none where it is NaN. */
    private int reached(int row, float limit) {
        int step = 0;
        int end = stepsPerRow;
        while (end - step > 1) {
            int half = (step + end) / 2;
            if ((float) sums[row * stepsPerRow + half] <= limit) {
                step = half;
            } else {
                end = half;
            }
        }
        double sum = sums[row * stepsPerRow + step];
        int reached = step * STEP;
        while (reached < columns) {
            sum += Float.intBitsToFloat(key(row, reached));
            if (!((float) sum <= limit)) {
                break;
            }
            reached++;
        }
        return reached;
    }

    private int key(int row, int rank) {
        return keys.getAtIndex(ValueLayout.JAVA_INT, start(row) + rank);
    }

    private long start(int row) {
        return (long) row * columns;
    }
}
