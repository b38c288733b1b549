package org.wandagpu.compute.cpu;

import java.lang.foreign.MemorySegment;
import org.wandagpu.compute.AttentionMask;
import org.wandagpu.compute.Heads;

/**
 * The arguments of one call of attention, and where its heads lie in memory.
 *
 * <p>The {@link #group} query heads that share a key head are taken together: for a sequence and a key head there are
 * {@link #columns} queries, column c being head {@code c % group} of the group at query {@code c / group}.
 */
record AttentionCall(Heads q, Heads k, Heads v, AttentionMask mask, float scale, int queryLength, int keyLength,
        CpuTensor out) {

    int dim() {
        return q.headDim();
    }

    int sequences() {
        return (int) (q.tensor().rows() / queryLength);
    }

    int keyHeads() {
        return k.count();
    }

    int group() {
        return q.count() / k.count();
    }

    int columns() {
        return Math.multiplyExact(group(), queryLength);
    }

    /** Position of a column's query. */
    int position(int column) {
        return keyLength - queryLength + column / group();
    }

    /** The first key that a query at this position sees; the last one is at the position itself. */
    int firstKey(int position) {
        return mask.window() == 0 ? 0 : Math.max(0, position - mask.window() + 1);
    }

    /** What a column's score gains with each key position. */
    float slope(int keyHead, int column) {
        return mask.alibiSlopes() == null ? 0 : mask.alibiSlopes()[queryHead(keyHead, column)];
    }

    private int queryHead(int keyHead, int column) {
        return keyHead * group() + column % group();
    }

    private long row(int sequence, int column) {
        return (long) sequence * queryLength + column / group();
    }

    /** Copies a column's query to {@code target[0 … dim)}. */
    void readQuery(int sequence, int keyHead, int column, float[] target) {
        long at = HeadMemory.at(q, row(sequence, column), queryHead(keyHead, column));
        MemorySegment.copy(HeadMemory.segment(q), CpuTensor.FLOAT, at, target, 0, dim());
    }

    /** Writes {@code result[0 … dim)} as a column's output. */
    void writeResult(int sequence, int keyHead, int column, float[] result) {
        long at = 4 * ((row(sequence, column) * q.count() + queryHead(keyHead, column)) * dim());
        MemorySegment.copy(result, 0, out.segment(), CpuTensor.FLOAT, at, dim());
    }
}
