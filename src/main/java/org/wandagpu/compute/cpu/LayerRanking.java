package org.wandagpu.compute.cpu;

import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/**
 * Finds the key of a rank among all weights of a layer without storing the keys: one pass counts them by their upper
 * 16 bits, a second one counts the lower 16 bits of those in the bucket found. Counts add up to the same in any order.
 */
final class LayerRanking {

    private static final int HALF_BITS = 16;
    private static final int BUCKETS = 1 << HALF_BITS;
    private static final int LANES = Scores.INTS.length();
    /** A slice's counts are ints. */
    private static final long MAX_WEIGHTS_PER_SLICE = 1L << 30;

    private final Workers workers;

    /**
     * An entry of the ascending sort of all keys.
     *
     * @param below number of keys below it
     * @param equal number of keys equal to it, itself included
     */
    record Entry(int key, long below, long equal) {
    }

    LayerRanking(Workers workers) {
        this.workers = workers;
    }

    /** @param rank from 0 to the number of weights − 1 */
    Entry find(CpuTensor w, float[] norms, long rank) {
        int columns = (int) w.columns();
        long[] uppers = histogram(w, norms, (run, counts) -> countUppers(run.keys(), columns, counts));
        int upper = 0;
        long below = 0;
        while (below + uppers[upper] <= rank) {
            below += uppers[upper++];
        }
        int found = upper;
        long[] lowers = histogram(w, norms, (run, counts) -> countLowers(run.keys(), columns, found, counts));
        int lower = 0;
        while (below + lowers[lower] <= rank) {
            below += lowers[lower++];
        }
        return new Entry(upper << HALF_BITS | lower, below, lowers[lower]);
    }

    private interface RowCounter {
        void count(KeyRun row, int[] counts);
    }

    private long[] histogram(CpuTensor w, float[] norms, RowCounter counter) {
        long slices = Math.max(workers.count(), w.rows() * w.columns() / MAX_WEIGHTS_PER_SLICE + 1);
        long[] all = new long[BUCKETS];
        RowBlocks.run(workers, w, (int) Math.ceilDiv(w.rows(), slices), (first, end) -> {
            KeyRun run = new KeyRun();
            int[] counts = new int[BUCKETS];
            for (int row = first; row < end; row++) {
                run.loadRow(w, row, norms);
                counter.count(run, counts);
            }
            synchronized (all) {
                for (int i = 0; i < BUCKETS; i++) {
                    all[i] += counts[i];
                }
            }
        });
        return all;
    }

    private static void countUppers(int[] keys, int count, int[] counts) {
        for (int i = 0; i < count; i++) {
            counts[keys[i] >>> HALF_BITS]++;
        }
    }

    private static void countLowers(int[] keys, int count, int upper, int[] counts) {
        for (int i = 0; i < count; i += LANES) {
            VectorMask<Integer> matches = IntVector.fromArray(Scores.INTS, keys, i)
                    .lanewise(VectorOperators.LSHR, HALF_BITS)
                    .compare(VectorOperators.EQ, upper);
            for (long left = matches.toLong(); left != 0; left &= left - 1) {
                counts[keys[i + Long.numberOfTrailingZeros(left)] & (BUCKETS - 1)]++;
            }
        }
    }
}
