package org.wandagpu.compute.cpu;

import java.util.Arrays;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/**
 * Finds the k smallest of a run of keys without sorting; working memory of one thread.
 *
 * <p>A sample of the keys brackets the wanted rank; one pass counts the keys below the bracket and collects those in
 * it, a tenth or two; halving the bracket and counting again finds the key. A sample that misleads costs time, never
 * the result (after Floyd and Rivest 1975, "Expected time bounds for selection", counting in place of exchanging).
 */
final class SmallestKeys {

    private static final int LANES = Scores.INTS.length();
    /** Shorter runs are not worth a sample. */
    private static final int SAMPLED_FROM = 1024;
    /** One vector in so many is in the sample. */
    private static final int SAMPLING = 16;
    /** Half the width of the bracket in standard deviations of a sample's rank: it misses about once in 80 runs. */
    private static final double MARGIN = 2.5;
    /** The bracket's ends need not be exact: about a hundredth of a score. */
    private static final int BRACKET_PRECISION = 1 << 17;

    private int[] sample = new int[0];
    private int[] middle = new int[0];
    private int below;
    private int from;
    private int to;
    private int through;

    /**
     * Finds a limit so that exactly {@code wanted} keys are below it: the smallest by (key, position). Where only some
     * of several equal keys belong to them, those become −1.
     *
     * @param keys {@code count} keys and behind them at least a vector of {@link Scores#NONE}
     * @param wanted from 0 to {@code count}
     */
    int limit(int[] keys, int count, int wanted) {
        if (wanted == 0) {
            return 0;
        }
        if (wanted == count) {
            return Scores.NONE;
        }
        int key = atRank(keys, count, wanted - 1);
        if (through == wanted) {
            return key + 1;
        }
        lowerFirst(keys, count, key, wanted - countBelow(keys, count, key));
        return key;
    }

    /** Sets the first {@code ties} occurrences of {@code key} to −1; there must be more than that. */
    static void lowerFirst(int[] keys, int count, int key, int ties) {
        int left = ties;
        for (int i = 0; i < count && left > 0; i += LANES) {
            IntVector v = IntVector.fromArray(Scores.INTS, keys, i);
            VectorMask<Integer> tie = v.compare(VectorOperators.EQ, key);
            if (tie.trueCount() <= left) {
                v.blend(-1, tie).intoArray(keys, i);
                left -= tie.trueCount();
            } else {
                for (int j = i; left > 0; j++) {
                    if (keys[j] == key) {
                        keys[j] = -1;
                        left--;
                    }
                }
            }
        }
    }

    /** Number of keys below {@code limit}. */
    static int countBelow(int[] keys, int count, int limit) {
        IntVector counts = IntVector.zero(Scores.INTS);
        for (int i = 0; i < count; i += LANES) {
            // The sign bit of a difference of keys, which never overflows.
            IntVector difference = IntVector.fromArray(Scores.INTS, keys, i).sub(limit);
            counts = counts.add(difference.lanewise(VectorOperators.LSHR, 31));
        }
        return counts.reduceLanes(VectorOperators.ADD);
    }

    /** The key of a rank, counted from 0; leaves in {@link #through} the number of keys up to and including it. */
    private int atRank(int[] keys, int count, int rank) {
        if (count < SAMPLED_FROM) {
            return exactly(keys, count, rank, 0, Scores.NAN);
        }
        int size = takeSample(keys, count);
        double share = (rank + 0.5) / count;
        int expected = (int) (share * size);
        int margin = 1 + (int) (MARGIN * Math.sqrt(size * share * (1 - share)));
        int low = 0;
        int high = Scores.NAN;
        if (expected >= margin) {
            narrow(sample, size, expected - margin, 0, Scores.NAN, BRACKET_PRECISION);
            low = from;
        }
        if (expected + margin < size) {
            narrow(sample, size, expected + margin, 0, Scores.NAN, BRACKET_PRECISION);
            high = to;
        }
        int inside = collectBetween(keys, count, low, high);
        if (rank < below || rank >= below + inside) {
            return exactly(keys, count, rank, 0, Scores.NAN);
        }
        int key = exactly(middle, inside, rank - below, low, high);
        through += below;
        return key;
    }

    private int takeSample(int[] keys, int count) {
        if (sample.length < count / SAMPLING + 2 * LANES) {
            sample = new int[count / SAMPLING + 2 * LANES];
        }
        int size = 0;
        for (int i = 0; i + LANES <= count; i += SAMPLING * LANES) {
            IntVector.fromArray(Scores.INTS, keys, i).intoArray(sample, size);
            size += LANES;
        }
        return size;
    }

    /** Copies the keys from {@code low} to {@code high} to {@link #middle}, counts those below, returns how many. */
    private int collectBetween(int[] keys, int count, int low, int high) {
        if (middle.length < count + 2 * LANES) {
            middle = new int[count + 2 * LANES];
        }
        IntVector counts = IntVector.zero(Scores.INTS);
        int size = 0;
        for (int i = 0; i < count; i += LANES) {
            IntVector v = IntVector.fromArray(Scores.INTS, keys, i);
            IntVector distance = v.sub(low);
            counts = counts.add(distance.lanewise(VectorOperators.LSHR, 31));
            VectorMask<Integer> between = distance.compare(VectorOperators.ULE, high - low);
            v.compress(between).intoArray(middle, size);
            size += between.trueCount();
        }
        below = counts.reduceLanes(VectorOperators.ADD);
        Arrays.fill(middle, size, size + LANES, Scores.NONE);
        return size;
    }

    /** The key of a rank; all keys are known to lie from {@code low} to {@code high}. */
    private int exactly(int[] keys, int count, int rank, int low, int high) {
        narrow(keys, count, rank, low, high, 1);
        return from < to ? largestUpTo(keys, count, to) : from;
    }

    /**
     * Halves the range {@code low} to {@code high} around the key of a rank until it is narrower than {@code width} or
     * holds that key alone; leaves it in {@link #from} and {@link #to}.
     */
    private void narrow(int[] keys, int count, int rank, int low, int high, int width) {
        from = low;
        to = high;
        through = count;
        int belowFrom = 0;
        while (to - from >= width && through - belowFrom > 1) {
            int half = from + (to - from) / 2;
            int upToHalf = countBelow(keys, count, half + 1);
            if (upToHalf > rank) {
                to = half;
                through = upToHalf;
            } else {
                from = half + 1;
                belowFrom = upToHalf;
            }
        }
    }

    private static int largestUpTo(int[] keys, int count, int limit) {
        IntVector largest = IntVector.zero(Scores.INTS);
        for (int i = 0; i < count; i += LANES) {
            IntVector v = IntVector.fromArray(Scores.INTS, keys, i);
            largest = largest.max(v.blend(0, v.compare(VectorOperators.GT, limit)));
        }
        return largest.reduceLanes(VectorOperators.MAX);
    }
}
