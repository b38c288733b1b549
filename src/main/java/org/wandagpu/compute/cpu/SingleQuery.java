package org.wandagpu.compute.cpu;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Attention of the one query of a sequence, for the heads that share a key head: the kernel of decoding. Reads keys and
 * values once, which is what bounds it. Scratch memory of one thread.
 *
 * <p>Vectors run over the dimensions of a head for dot products and mixing, over keys for the softmax. Lanes are summed by
 * {@link Vectors#sum}; keys are mixed in ascending order.
 */
final class SingleQuery {

    private static final VectorSpecies<Float> SPECIES = Vectors.SPECIES;
    private static final int LANES = Vectors.LANES;

    private float[] row = new float[0];
    private float[] queries = new float[0];
    private float[] mixed = new float[0];
    private float[] scores = new float[0];

    /** Computes the outputs of one sequence and key head. */
    void run(AttentionCall call, int sequence, int keyHead) {
        int from = call.firstKey(call.position(0));
        int keys = call.keyLength() - from;
        long firstRow = (long) sequence * call.keyLength() + from;
        reserve(call, keys);
        for (int head = 0; head < call.group(); head++) {
            call.readQuery(sequence, keyHead, head, row);
            for (int d = 0; d < row.length; d++) {
                queries[head * whole(row.length) + d] = row[d] * call.scale();
            }
        }
        score(call, firstRow, keyHead, keys);
        for (int head = 0; head < call.group(); head++) {
            soften(head * whole(keys), keys, call.slope(keyHead, head), from);
        }
        mix(call, firstRow, keyHead, keys);
        for (int head = 0; head < call.group(); head++) {
            System.arraycopy(mixed, head * whole(row.length), row, 0, row.length);
            call.writeResult(sequence, keyHead, head, row);
        }
    }

    /** A length rounded up to whole vectors. */
    private static int whole(int length) {
        return Math.ceilDiv(length, LANES) * LANES;
    }

    private void reserve(AttentionCall call, int keys) {
        if (row.length != call.dim() || mixed.length != call.group() * whole(call.dim())) {
            row = new float[call.dim()];
            queries = new float[call.group() * whole(call.dim())];
            mixed = new float[queries.length];
        }
        if (scores.length < call.group() * whole(keys)) {
            scores = new float[call.group() * whole(call.keyLength()) * 5 / 4];
        }
    }

    /** Dot products of all keys with all queries of the group; queries end in zeros where a vector goes past them. */
    private void score(AttentionCall call, long firstRow, int keyHead, int keys) {
        MemorySegment segment = AttentionCall.segment(call.k());
        long rowBytes = 4 * call.k().tensor().columns();
        long at = AttentionCall.at(call.k(), firstRow, keyHead);
        int width = whole(row.length);
        VectorMask<Float> last = SPECIES.indexInRange(0, row.length - (width - LANES));
        for (int j = 0; j < keys; j++, at += rowBytes) {
            for (int head = 0; head < call.group(); head++) {
                FloatVector sums = FloatVector.zero(SPECIES);
                int d = 0;
                for (; d < width - LANES; d += LANES) {
                    sums = FloatVector.fromMemorySegment(SPECIES, segment, at + 4L * d, Vectors.ORDER).fma(FloatVector.fromArray(SPECIES, queries, head * width + d), sums);
                }
                FloatVector end = FloatVector.fromMemorySegment(SPECIES, segment, at + 4L * d, Vectors.ORDER, last);
                scores[head * whole(keys) + j] = Vectors.sum(end.fma(FloatVector.fromArray(SPECIES, queries, head * width + d), sums));
            }
        }
    }

    /** Turns the scores of one head into the weights of its values. */
    private void soften(int at, int keys, float slope, int firstKey) {
        int length = whole(keys);
        Arrays.fill(scores, at + keys, at + length, Float.NEGATIVE_INFINITY);
        FloatVector greatest = FloatVector.broadcast(SPECIES, -Float.MAX_VALUE);
        for (int j = 0; j < keys; j++) {
            scores[at + j] = Math.fma(slope, firstKey + j, scores[at + j]);
        }
        for (int j = 0; j < length; j += LANES) {
            greatest = greatest.max(FloatVector.fromArray(SPECIES, scores, at + j));
        }
        float max = greatest.reduceLanes(VectorOperators.MAX);
        FloatVector sums = FloatVector.zero(SPECIES);
        for (int j = 0; j < length; j += LANES) {
            FloatVector weight = VectorMath.exp(FloatVector.fromArray(SPECIES, scores, at + j).sub(max));
            weight.intoArray(scores, at + j);
            sums = sums.add(weight);
        }
        float sum = Vectors.sum(sums);
        for (int j = 0; j < length; j += LANES) {
            FloatVector.fromArray(SPECIES, scores, at + j).div(sum).intoArray(scores, at + j);
        }
    }

    private void mix(AttentionCall call, long firstRow, int keyHead, int keys) {
        MemorySegment segment = AttentionCall.segment(call.v());
        long rowBytes = 4 * call.v().tensor().columns();
        long at = AttentionCall.at(call.v(), firstRow, keyHead);
        int width = whole(row.length);
        VectorMask<Float> last = SPECIES.indexInRange(0, row.length - (width - LANES));
        Arrays.fill(mixed, 0);
        for (int j = 0; j < keys; j++, at += rowBytes) {
            for (int head = 0; head < call.group(); head++) {
                FloatVector weight = FloatVector.broadcast(SPECIES, scores[head * whole(keys) + j]);
                int d = 0;
                for (; d < width - LANES; d += LANES) {
                    int to = head * width + d;
                    FloatVector.fromMemorySegment(SPECIES, segment, at + 4L * d, Vectors.ORDER).fma(weight, FloatVector.fromArray(SPECIES, mixed, to)).intoArray(mixed, to);
                }
                int to = head * width + d;
                FloatVector.fromMemorySegment(SPECIES, segment, at + 4L * d, Vectors.ORDER, last).fma(weight, FloatVector.fromArray(SPECIES, mixed, to)).intoArray(mixed, to);
            }
        }
    }
}
