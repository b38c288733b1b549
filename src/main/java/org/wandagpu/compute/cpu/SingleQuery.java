package org.wandagpu.compute.cpu;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Attention of the one query of a sequence, all its heads, to a range of keys: the kernel of decoding. Reads the
 * range's keys and values once and in order, which is what bounds it. Scratch memory of one thread.
 *
 * <p>Ranges have a fixed length, so that a long cache is work for all threads whatever the number of heads;
 * {@link #join} puts their results together in order (Dao et al. 2023, Flash-Decoding). Vectors run over the dimensions
 * of a head for dot products and mixing, over keys for the softmax.
 */
final class SingleQuery {

    /** Keys of a range: enough to outweigh handing out a task. */
    static final int RANGE = 128;

    /** Keys of a step: as many memory pages as a processor reads ahead in at once. */
    private static final int KEYS = 16;
    private static final VectorSpecies<Float> SPECIES = Vectors.SPECIES;
    private static final int LANES = Vectors.LANES;

    private float[] row = new float[0];
    private float[] queries = new float[0];
    private float[] products = new float[0];
    private float[] scores = new float[0];
    private float[] mixed = new float[0];

    /** Floats of a head's result: values mixed by weights relative to the greatest score, their sum, that score. */
    static int resultLength(AttentionCall call) {
        return call.dim() + 2;
    }

    /**
     * Attends to one range.
     *
     * @param results one result a query head, from element {@code at} on
     */
    void run(AttentionCall call, int sequence, int range, float[] results, int at) {
        int from = call.firstKey(call.position(0)) + range * RANGE;
        int keys = Math.min(RANGE, call.keyLength() - from);
        long firstRow = (long) sequence * call.keyLength() + from;
        int heads = call.q().count();
        int width = width(call);
        reserve(call);
        for (int h = 0; h < heads; h++) {
            call.readQuery(sequence, h / call.group(), h % call.group(), row);
            for (int d = 0; d < row.length; d++) {
                queries[h * width + d] = row[d] * call.scale();
            }
        }
        for (int j = 0; j < keys; j += KEYS) {
            for (int keyHead = 0; keyHead < call.keyHeads(); keyHead++) {
                score(call, firstRow, keyHead, j, Math.min(KEYS, keys - j));
            }
        }
        for (int h = 0; h < heads; h++) {
            int resultAt = at + h * resultLength(call) + row.length;
            soften(h * RANGE, keys, from, call.slope(h / call.group(), h % call.group()), results, resultAt);
        }
        Arrays.fill(mixed, 0);
        for (int j = 0; j < keys; j += KEYS) {
            for (int keyHead = 0; keyHead < call.keyHeads(); keyHead++) {
                mix(call, firstRow, keyHead, j, Math.min(KEYS, keys - j));
            }
        }
        for (int h = 0; h < heads; h++) {
            System.arraycopy(mixed, h * width, results, at + h * resultLength(call), row.length);
        }
    }

    /** Floats of a head in scratch memory: whole vectors. */
    private static int width(AttentionCall call) {
        return Math.ceilDiv(call.dim(), LANES) * LANES;
    }

    private void reserve(AttentionCall call) {
        int heads = call.q().count();
        int width = width(call);
        int productLength = call.group() * KEYS * LANES;
        if (row.length != call.dim() || mixed.length != heads * width || products.length != productLength) {
            row = new float[call.dim()];
            queries = new float[heads * width];
            products = new float[productLength];
            scores = new float[heads * RANGE];
            mixed = new float[heads * width];
        }
    }

    /** Dot products of {@code steps} keys, from the range's key {@code first} on, with the queries that share them. */
    private void score(AttentionCall call, long firstRow, int keyHead, int first, int steps) {
        MemorySegment keys = HeadMemory.segment(call.k());
        long rowBytes = 4 * call.k().tensor().columns();
        long at = HeadMemory.at(call.k(), firstRow + first, keyHead);
        int width = width(call);
        int firstHead = keyHead * call.group();
        Arrays.fill(products, 0);
        for (int d = 0; d < row.length; d += LANES) {
            for (int c = 0; c < call.group(); c++) {
                int queryAt = (firstHead + c) * width + d;
                if (d + LANES <= row.length) {
                    multiply(keys, at + 4L * d, rowBytes, steps, queryAt, c * KEYS * LANES);
                } else {
                    multiply(keys, at + 4L * d, rowBytes, steps, queryAt, c * KEYS * LANES, inside(d));
                }
            }
        }
        for (int c = 0; c < call.group(); c++) {
            for (int j = 0; j < steps; j++) {
                scores[(firstHead + c) * RANGE + first + j] =
                        Vectors.sum(FloatVector.fromArray(SPECIES, products, (c * KEYS + j) * LANES));
            }
        }
    }

    /** The lanes of the last vector of a head that are still inside it. */
    private VectorMask<Float> inside(int d) {
        return SPECIES.indexInRange(d, row.length);
    }

    private void multiply(MemorySegment keys, long at, long rowBytes, int steps, int queryAt, int productAt) {
        FloatVector query = FloatVector.fromArray(SPECIES, queries, queryAt);
        for (int j = 0; j < steps; j++) {
            int to = productAt + j * LANES;
            FloatVector.fromMemorySegment(SPECIES, keys, at + j * rowBytes, Vectors.ORDER)
                    .fma(query, FloatVector.fromArray(SPECIES, products, to)).intoArray(products, to);
        }
    }

    private void multiply(MemorySegment keys, long at, long rowBytes, int steps, int queryAt, int productAt,
            VectorMask<Float> inside) {
        FloatVector query = FloatVector.fromArray(SPECIES, queries, queryAt);
        for (int j = 0; j < steps; j++) {
            int to = productAt + j * LANES;
            FloatVector.fromMemorySegment(SPECIES, keys, at + j * rowBytes, Vectors.ORDER, inside)
                    .fma(query, FloatVector.fromArray(SPECIES, products, to)).intoArray(products, to);
        }
    }

    /** Turns the scores of one head into weights relative to the greatest; results get their sum and that score. */
    private void soften(int at, int keys, int firstKey, float slope, float[] results, int resultAt) {
        Arrays.fill(scores, at + keys, at + RANGE, Float.NEGATIVE_INFINITY);
        for (int j = 0; j < keys; j++) {
            scores[at + j] = Math.fma(slope, firstKey + j, scores[at + j]);
        }
        // finite, so that a range of scores −∞ has differences of −∞, not NaN
        FloatVector greatest = FloatVector.broadcast(SPECIES, -Float.MAX_VALUE);
        for (int j = at; j < at + RANGE; j += LANES) {
            greatest = greatest.max(FloatVector.fromArray(SPECIES, scores, j));
        }
        float max = greatest.reduceLanes(VectorOperators.MAX);
        FloatVector total = FloatVector.zero(SPECIES);
        for (int j = at; j < at + RANGE; j += LANES) {
            FloatVector weight = VectorMath.exp(FloatVector.fromArray(SPECIES, scores, j).sub(max));
            weight.intoArray(scores, j);
            total = total.add(weight);
        }
        results[resultAt] = Vectors.sum(total);
        results[resultAt + 1] = max;
    }

    /** Adds the values of {@code steps} keys, by their weights, to the mixes of the heads that share them. */
    private void mix(AttentionCall call, long firstRow, int keyHead, int first, int steps) {
        MemorySegment values = HeadMemory.segment(call.v());
        long rowBytes = 4 * call.v().tensor().columns();
        long at = HeadMemory.at(call.v(), firstRow + first, keyHead);
        int width = width(call);
        for (int d = 0; d < row.length; d += LANES) {
            for (int h = keyHead * call.group(); h < (keyHead + 1) * call.group(); h++) {
                if (d + LANES <= row.length) {
                    mix(values, at + 4L * d, rowBytes, steps, h * RANGE + first, h * width + d);
                } else {
                    mix(values, at + 4L * d, rowBytes, steps, h * RANGE + first, h * width + d, inside(d));
                }
            }
        }
    }

    private void mix(MemorySegment values, long at, long rowBytes, int steps, int weightAt, int mixedAt) {
        FloatVector sum = FloatVector.fromArray(SPECIES, mixed, mixedAt);
        for (int j = 0; j < steps; j++) {
            sum = FloatVector.fromMemorySegment(SPECIES, values, at + j * rowBytes, Vectors.ORDER)
                    .fma(FloatVector.broadcast(SPECIES, scores[weightAt + j]), sum);
        }
        sum.intoArray(mixed, mixedAt);
    }

    private void mix(MemorySegment values, long at, long rowBytes, int steps, int weightAt, int mixedAt,
            VectorMask<Float> inside) {
        FloatVector sum = FloatVector.fromArray(SPECIES, mixed, mixedAt);
        for (int j = 0; j < steps; j++) {
            sum = FloatVector.fromMemorySegment(SPECIES, values, at + j * rowBytes, Vectors.ORDER, inside)
                    .fma(FloatVector.broadcast(SPECIES, scores[weightAt + j]), sum);
        }
        sum.intoArray(mixed, mixedAt);
    }

    /**
     * Puts the results of a head's ranges together, in order, and writes its output.
     *
     * @param results results of all ranges
     * @param first the head's result of the first range
     * @param stride from one range to the next
     */
    void join(AttentionCall call, int sequence, int head, float[] results, int first, int stride, int ranges) {
        reserve(call);
        int dim = row.length;
        float max = -Float.MAX_VALUE;
        for (int range = 0; range < ranges; range++) {
            max = Math.max(max, results[first + range * stride + dim + 1]);
        }
        float sum = 0;
        Arrays.fill(row, 0);
        for (int range = 0; range < ranges; range++) {
            int at = first + range * stride;
            float factor = (float) Math.exp(results[at + dim + 1] - max);
            sum += results[at + dim] * factor;
            for (int d = 0; d < dim; d++) {
                row[d] += results[at + d] * factor;
            }
        }
        for (int d = 0; d < dim; d++) {
            row[d] /= sum;
        }
        call.writeResult(sequence, head / call.group(), head % call.group(), row);
    }
}
