package org.wandagpu.oracle;

import java.util.Arrays;
import java.util.Comparator;

/**
 * Which weights go, by sorting: reference-semantics §3 to §7 word for word. Every method returns one flag a weight,
 * row by row, true where it is zeroed.
 */
public final class OracleSelection {

    private final int rows;
    private final int columns;
    private final float[] scores;

    /** @param s statistic of each column, or null to score by |w| */
    public OracleSelection(OracleWeights w, float[] s) {
        rows = w.rows();
        columns = w.columns();
        scores = new float[rows * columns];
        for (int i = 0; i < scores.length; i++) {
            float magnitude = Math.abs(w.value(i / columns, i % columns));
            scores[i] = s == null ? magnitude : magnitude * (float) Math.sqrt(s[i % columns]);
        }
    }

    /** §4: the smallest of each row. */
    public boolean[] smallestInRows(int zeroedPerRow) {
        return smallestInStretches(columns, zeroedPerRow);
    }

    /** §5: the smallest of each group of neighbours. */
    public boolean[] smallestInGroups(int groupSize, int zeroedPerGroup) {
        return smallestInStretches(groupSize, zeroedPerGroup);
    }

    private boolean[] smallestInStretches(int length, int zeroedPerStretch) {
        boolean[] zeroed = new boolean[scores.length];
        for (int row = 0; row < rows; row++) {
            for (int from = 0; from < columns; from += length) {
                int start = row * columns + from;
                mark(order(start, Math.min(start + length, (row + 1) * columns)), zeroedPerStretch, zeroed);
            }
        }
        return zeroed;
    }

    /** The smallest of the whole layer by (score, row, column). */
    public boolean[] smallestInLayer(int count) {
        boolean[] zeroed = new boolean[scores.length];
        mark(order(0, scores.length), count, zeroed);
        return zeroed;
    }

    /** §7: everything up to an entry of the sort, NaN never; everything where that entry is past the end. */
    public boolean[] upToRank(long rank) {
        boolean[] zeroed = new boolean[scores.length];
        if (rank >= scores.length) {
            Arrays.fill(zeroed, true);
            return zeroed;
        }
        float threshold = scores[order(0, scores.length)[(int) rank]];
        for (int i = 0; i < scores.length; i++) {
            zeroed[i] = scores[i] <= threshold;
        }
        return zeroed;
    }

    /** What {@link #upToScoreShare} finds. */
    public record ScoreShare(double alpha, boolean[] zeroed) {
    }

    /** §6: the variant's search for alpha. */
    public ScoreShare upToScoreShare(double sparsity) {
        float ratio = (float) sparsity;
        double alpha = 0.4;
        double low = 0;
        double high = 0.8;
        boolean[] zeroed = upToShare(alpha);
        while (Math.abs(share(zeroed) - ratio) > 0.001f && high - low >= 0.001) {
            if (share(zeroed) > ratio) {
                high = alpha;
                alpha = (alpha + low) / 2;
            } else {
                low = alpha;
                alpha = (alpha + high) / 2;
            }
            zeroed = upToShare(alpha);
        }
        return new ScoreShare(alpha, zeroed);
    }

    private boolean[] upToShare(double alpha) {
        boolean[] zeroed = new boolean[scores.length];
        for (int row = 0; row < rows; row++) {
            Integer[] order = order(row * columns, (row + 1) * columns);
            float[] sums = new float[columns];
            double sum = 0;
            for (int i = 0; i < columns; i++) {
                sum += scores[order[i]];
                sums[i] = (float) sum;
            }
            int reached = 0;
            for (float upTo : sums) {
                reached += upTo <= (float) sum * (float) alpha ? 1 : 0;
            }
            for (int i = row * columns; reached > 0 && i < (row + 1) * columns; i++) {
                zeroed[i] = scores[i] <= scores[order[reached - 1]];
            }
        }
        return zeroed;
    }

    private static float share(boolean[] zeroed) {
        int count = 0;
        for (boolean one : zeroed) {
            count += one ? 1 : 0;
        }
        return (float) count / zeroed.length;
    }

    private Integer[] order(int from, int to) {
        Integer[] order = new Integer[to - from];
        Arrays.setAll(order, i -> from + i);
        // Adding 0 makes -0 a +0; Float.compare puts NaN last; the sort is stable.
        Arrays.sort(order, Comparator.comparing(i -> scores[i] + 0f, Float::compare));
        return order;
    }

    private static void mark(Integer[] order, int count, boolean[] marks) {
        for (int i = 0; i < count; i++) {
            marks[order[i]] = true;
        }
    }
}
