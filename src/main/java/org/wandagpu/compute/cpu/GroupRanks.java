package org.wandagpu.compute.cpu;

import java.util.Arrays;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import org.wandagpu.tensor.NmPattern;

/**
 * N:M selection for any pattern: the rank of a weight in its group is the number of neighbours that go before it.
 *
 * <p>Each vector of keys is compared with the keys 1 … M − 1 places behind and ahead of it: 2 (M − 1) comparisons a
 * vector, without branches. Working memory of one thread and one pattern.
 */
final class GroupRanks {

    private static final int LANES = Scores.INTS.length();
    private static final int RUN = 1024;

    private final NmPattern pattern;
    private final KeyRun run;
    /** Place of each weight in its group. */
    private final int[] places;
    private final int[] ranks;
    private final int longest;

    GroupRanks(NmPattern pattern) {
        int groupSize = pattern.groupSize();
        this.pattern = pattern;
        this.run = new KeyRun(groupSize);
        this.longest = Math.max(1, RUN / groupSize) * groupSize;
        this.places = new int[longest + LANES];
        this.ranks = new int[longest + LANES];
        Arrays.setAll(places, i -> i % groupSize);
    }

    /**
     * Zeroes weights of neighbouring groups.
     *
     * @param first index of the first weight in {@code w}, the first of a group
     * @param norms input norm of each column
     * @param column column of the first weight
     * @param count number of weights; whole groups, or up to the end of the row
     */
    void zero(CpuTensor w, long first, float[] norms, int column, int count) {
        int groupSize = pattern.groupSize();
        for (int done = 0; done < count; done += longest) {
            int part = Math.min(longest, count - done);
            run.load(w, first + done, norms, column + done, part);
            for (int i = 0; i < part; i += LANES) {
                rank(run.keys(), groupSize + i, IntVector.fromArray(Scores.INTS, places, i)).intoArray(ranks, i);
            }
            Zeroing.below(w, first + done, ranks, part, pattern.zeroedPerGroup());
        }
    }

    /** Ranks of the keys from {@code at} on. */
    private IntVector rank(int[] keys, int at, IntVector place) {
        int groupSize = pattern.groupSize();
        IntVector key = IntVector.fromArray(Scores.INTS, keys, at);
        IntVector rank = IntVector.zero(Scores.INTS);
        for (int distance = 1; distance < groupSize; distance++) {
            VectorMask<Integer> hasBehind = place.compare(VectorOperators.GE, distance);
            VectorMask<Integer> hasAhead = place.compare(VectorOperators.LT, groupSize - distance);
            IntVector behind = IntVector.fromArray(Scores.INTS, keys, at - distance);
            IntVector ahead = IntVector.fromArray(Scores.INTS, keys, at + distance);
            // Of equal keys the lower column goes first.
            rank = rank.add(1, behind.compare(VectorOperators.LE, key, hasBehind));
            rank = rank.add(1, ahead.compare(VectorOperators.LT, key, hasAhead));
        }
        return rank;
    }
}
