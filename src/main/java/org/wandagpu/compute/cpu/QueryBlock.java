package org.wandagpu.compute.cpu;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import org.wandagpu.compute.Heads;

/**
 * Attention of a block of queries to the keys they see: the kernel of prefill, bound by arithmetic. Scratch memory of
 * one thread.
 *
 * <p>Each query of the block is a column, so that scores, their maximum and their sum are vectors over queries and
 * nothing is ever summed across lanes. Keys come in steps; maximum, sum and mixed values of the steps so far are kept
 * and rescaled when the maximum grows (online softmax: Milakov and Gimelshein 2018; Dao et al. 2022, section 3.1). Sums
 * run over keys and dimensions in ascending order.
 *
 * <p>A key that a query does not see has weight 0, so a value that is NaN or infinite reaches the other queries of its
 * block too, as it does in a matrix product with the masked weights.
 */
final class QueryBlock {

    static final int COLUMNS = BroadcastTile.COLUMNS;

    /** Keys of a step: enough to outweigh rescaling, few enough that a step's scores stay in the first cache. */
    private static final int KEYS = 128;
    private static final int ROWS = BroadcastTile.ROWS;
    private static final VectorSpecies<Float> SPECIES = Vectors.SPECIES;
    private static final int LANES = Vectors.LANES;

    private final float[] scores = new float[(KEYS + 1) * COLUMNS];
    private final float[] slope = new float[COLUMNS];
    private final float[] firstKey = new float[COLUMNS];
    private final float[] lastKey = new float[COLUMNS];
    private final float[] max = new float[COLUMNS];
    private final float[] sum = new float[COLUMNS];
    private float[] row = new float[0];
    private float[] queries = new float[0];
    private float[] keys = new float[0];
    private float[] values = new float[0];
    private float[] mixed = new float[0];

    /** Computes the outputs of columns {@code first … first + COLUMNS − 1}, as far as there are. */
    void run(AttentionCall call, int sequence, int keyHead, int first) {
        int dim = call.dim();
        int padded = Math.ceilDiv(dim, ROWS) * ROWS;
        reserve(dim, padded);
        int count = Math.min(COLUMNS, call.columns() - first);
        begin(call, sequence, keyHead, first, count);
        int firstPosition = call.position(first);
        int lastPosition = call.position(first + count - 1);
        boolean biased = call.mask().alibiSlopes() != null;
        for (int from = call.firstKey(firstPosition); from <= lastPosition; from += KEYS) {
            int steps = Math.min(KEYS, lastPosition + 1 - from);
            long keyRow = (long) sequence * call.keyLength() + from;
            HeadMemory.copy(call.k(), keyRow, keyHead, steps, keys, padded);
            HeadMemory.copy(call.v(), keyRow, keyHead, steps, values, padded);
            score(dim, padded, steps);
            boolean seenByAll = from + steps - 1 <= firstPosition && from >= call.firstKey(lastPosition);
            if (biased || !seenByAll) {
                restrict(from, steps);
            }
            soften(steps);
            mix(padded, steps);
        }
        end(call, sequence, keyHead, first, count);
    }

    private void reserve(int dim, int padded) {
        if (row.length != dim) {
            row = new float[dim];
            queries = new float[dim * COLUMNS];
            keys = new float[KEYS * padded];
            values = new float[KEYS * padded];
            mixed = new float[padded * COLUMNS];
        }
    }

    private void begin(AttentionCall call, int sequence, int keyHead, int first, int count) {
        Arrays.fill(queries, 0);
        Arrays.fill(mixed, 0);
        Arrays.fill(sum, 0);
        // finite, so that a column that sees no key of the first steps has differences of −∞, not NaN
        Arrays.fill(max, -Float.MAX_VALUE);
        for (int c = 0; c < count; c++) {
            int position = call.position(first + c);
            firstKey[c] = call.firstKey(position);
            lastKey[c] = position;
            slope[c] = call.slope(keyHead, first + c);
            call.readQuery(sequence, keyHead, first + c, row);
            for (int d = 0; d < row.length; d++) {
                queries[d * COLUMNS + c] = row[d] * call.scale();
            }
        }
    }

    /** Scores of the step's keys, rounded up to whole tiles: the keys past the end are what the last step left. */
    private void score(int dim, int padded, int steps) {
        Arrays.fill(scores, 0, Math.ceilDiv(steps, ROWS) * ROWS * COLUMNS, 0);
        for (int j = 0; j < steps; j += ROWS) {
            BroadcastTile.multiplyAdd(keys, j * padded, padded, 1, dim, queries, scores, j * COLUMNS);
        }
    }

    /** Adds the linear bias, and makes −∞ of the scores of keys that a query does not see. */
    private void restrict(int from, int steps) {
        for (int c = 0; c < COLUMNS; c += LANES) {
            FloatVector slopes = FloatVector.fromArray(SPECIES, slope, c);
            FloatVector firsts = FloatVector.fromArray(SPECIES, firstKey, c);
            FloatVector lasts = FloatVector.fromArray(SPECIES, lastKey, c);
            for (int j = 0; j < steps; j++) {
                FloatVector key = FloatVector.broadcast(SPECIES, from + j);
                VectorMask<Float> unseen = firsts.compare(VectorOperators.GT, key)
                        .or(lasts.compare(VectorOperators.LT, key));
                int at = j * COLUMNS + c;
                slopes.fma(key, FloatVector.fromArray(SPECIES, scores, at)).blend(Float.NEGATIVE_INFINITY, unseen)
                        .intoArray(scores, at);
            }
        }
    }

    /**
     * Turns the step's scores into exponentials relative to the greatest score so far, and adds them up. The row after
     * them becomes the factor on everything summed before: the exponential of the old greatest score.
     */
    private void soften(int steps) {
        for (int c = 0; c < COLUMNS; c += LANES) {
            FloatVector greatest = FloatVector.fromArray(SPECIES, max, c);
            greatest.intoArray(scores, steps * COLUMNS + c);
            for (int j = 0; j < steps; j++) {
                FloatVector score = FloatVector.fromArray(SPECIES, scores, j * COLUMNS + c);
                greatest = greatest.blend(score, score.compare(VectorOperators.GT, greatest));
            }
            greatest.intoArray(max, c);
            for (int j = 0; j <= steps; j++) {
                int at = j * COLUMNS + c;
                VectorMath.exp(FloatVector.fromArray(SPECIES, scores, at).sub(greatest)).intoArray(scores, at);
            }
            FloatVector factor = FloatVector.fromArray(SPECIES, scores, steps * COLUMNS + c);
            FloatVector total = FloatVector.fromArray(SPECIES, sum, c).mul(factor);
            for (int j = 0; j < steps; j++) {
                total = total.add(FloatVector.fromArray(SPECIES, scores, j * COLUMNS + c));
            }
            total.intoArray(sum, c);
        }
    }

    private void mix(int padded, int steps) {
        for (int c = 0; c < COLUMNS; c += LANES) {
            FloatVector factor = FloatVector.fromArray(SPECIES, scores, steps * COLUMNS + c);
            for (int d = 0; d < padded; d++) {
                int at = d * COLUMNS + c;
                FloatVector.fromArray(SPECIES, mixed, at).mul(factor).intoArray(mixed, at);
            }
        }
        for (int d = 0; d < padded; d += ROWS) {
            BroadcastTile.multiplyAdd(values, d, 1, padded, steps, scores, mixed, d * COLUMNS);
        }
    }

    private void end(AttentionCall call, int sequence, int keyHead, int first, int count) {
        for (int c = 0; c < COLUMNS; c += LANES) {
            FloatVector total = FloatVector.fromArray(SPECIES, sum, c);
            for (int d = 0; d < row.length; d++) {
                int at = d * COLUMNS + c;
                FloatVector.fromArray(SPECIES, mixed, at).div(total).intoArray(mixed, at);
            }
        }
        for (int c = 0; c < count; c++) {
            for (int d = 0; d < row.length; d++) {
                row[d] = mixed[d * COLUMNS + c];
            }
            call.writeResult(sequence, keyHead, first + c, row);
        }
    }
}
