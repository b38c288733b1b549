package org.wandagpu.compute;

import java.lang.foreign.MemorySegment;
import org.wandagpu.tensor.DType;
import org.wandagpu.tensor.MetadataOrder;
import org.wandagpu.tensor.NmPattern;

/** Shape checks of the operations: a wrong call is a bug of the caller and names both sides. */
public final class Checks {

    private Checks() {
    }

    public static void that(boolean holds, String leftName, long left, String rightName, long right) {
        if (!holds) {
            throw new IllegalArgumentException("do not fit: " + leftName + "=" + left + ", " + rightName + "=" + right);
        }
    }

    /** @param type that the device computes with */
    public static void activations(DType type, Tensor x, String name) {
        if (x.dtype() != type) {
            throw new IllegalArgumentException("activations must be " + type + ": " + name + "=" + x);
        }
    }

    public static void columns(Tensor x, long columns, String name) {
        that(x.columns() == columns, name + " columns", x.columns(), "expected", columns);
    }

    public static void matrix(DType type, Tensor x, long rows, long columns, String name) {
        activations(type, x, name);
        that(x.rows() == rows, name + " rows", x.rows(), "expected", rows);
        columns(x, columns, name);
    }

    public static void vector(Tensor x, long length, String name) {
        that(x.rows() == 1 && x.columns() == length, name + " length", x.rows() * x.columns(), "expected", length);
    }

    public static void heads(DType type, Heads x, String name) {
        activations(type, x.tensor(), name);
        long last = x.offset() + (long) (x.count() - 1) * x.headStride() + x.headDim();
        that(last <= x.tensor().columns(), name + " heads end at", last, "columns", x.tensor().columns());
    }

    /** What {@link Ops#embed} takes. */
    public static void embedding(DType type, Tensor table, int[] ids, Tensor out) {
        matrix(type, out, ids.length, table.columns(), "out");
        for (int t = 0; t < ids.length; t++) {
            if (ids[t] < 0 || ids[t] >= table.rows()) {
                throw new IllegalArgumentException("token id outside the table: ids[" + t + "]=" + ids[t] + ", rows="
                        + table.rows());
            }
        }
    }

    /** What {@link Ops#addPositions} takes. */
    public static void positions(DType type, Tensor table, int first, int seqlen, Tensor x) {
        activations(type, x, "x");
        columns(x, table.columns(), "x");
        inTable(table, first, seqlen, x);
    }

    /** Positions {@code first} … of the rows of {@code x} are rows of the table. */
    private static void inTable(Tensor table, int first, int seqlen, Tensor x) {
        that(seqlen > 0, "seqlen", seqlen, "rows", x.rows());
        long last = first + Math.min(seqlen, x.rows()) - 1;
        that(first >= 0 && last < table.rows(), "last position", last, "positions in the table", table.rows());
    }

    /** What {@link Ops#linear} and {@link Ops#linearAdd} take. */
    public static void linear(DType type, Tensor x, Tensor w, Tensor bias, Tensor out) {
        activations(type, x, "x");
        columns(x, w.columns(), "x");
        that(out.rows() == x.rows(), "out rows", out.rows(), "expected", x.rows());
        columns(out, w.rows(), "out");
        if (bias != null) {
            vector(bias, w.rows(), "bias");
        }
    }

    /** What {@link Ops#rope} takes. */
    public static void rope(DType type, Heads x, Tensor cos, Tensor sin, int first, int seqlen) {
        heads(type, x, "x");
        matrix(DType.F32, cos, cos.rows(), cos.columns(), "cos");
        matrix(DType.F32, sin, cos.rows(), cos.columns(), "sin");
        that(2 * cos.columns() <= x.headDim(), "rotated", 2 * cos.columns(), "headDim", x.headDim());
        inTable(cos, first, seqlen, x.tensor());
    }

    /** What {@link Ops#attention} takes. */
    public static void attention(DType type, Heads q, Heads k, Heads v, AttentionMask mask, int queryLength,
            int keyLength, Tensor out) {
        heads(type, q, "q");
        heads(type, k, "k");
        heads(type, v, "v");
        that(q.count() % k.count() == 0 && v.count() == k.count(), "query heads", q.count(), "key heads", k.count());
        that(q.headDim() == k.headDim() && v.headDim() == k.headDim(), "headDim", q.headDim(), "of keys", k.headDim());
        that(v.tensor().rows() == k.tensor().rows(), "rows of v", v.tensor().rows(), "of k", k.tensor().rows());
        long tokens = q.tensor().rows();
        that(queryLength > 0 && queryLength <= keyLength && tokens % queryLength == 0
                && tokens / queryLength == k.tensor().rows() / keyLength, "queryLength", queryLength, "keyLength",
                keyLength);
        matrix(type, out, tokens, (long) q.count() * q.headDim(), "out");
        float[] slopes = mask.alibiSlopes();
        if (slopes != null) {
            that(slopes.length == q.count(), "slopes", slopes.length, "heads", q.count());
        }
    }

    /** What {@link Ops#copyHeads} takes. */
    public static void copyHeads(DType type, Heads source, Heads target) {
        heads(type, source, "source");
        heads(type, target, "target");
        that(source.count() == target.count(), "heads", source.count(), "of target", target.count());
        that(source.headDim() == target.headDim(), "headDim", source.headDim(), "of target", target.headDim());
        that(source.tensor().rows() == target.tensor().rows(), "rows", source.tensor().rows(), "of target",
                target.tensor().rows());
    }

    /** What {@link Ops#crossEntropy} takes. */
    public static void crossEntropy(DType type, Tensor x, Tensor head, Tensor bias, int[] targets, float[] losses) {
        activations(type, x, "x");
        columns(x, head.columns(), "x");
        that(targets.length == x.rows() && losses.length == x.rows(), "targets", targets.length, "rows", x.rows());
        if (bias != null) {
            vector(bias, head.rows(), "bias");
        }
        for (int target : targets) {
            that(target < head.rows(), "target", target, "vocabulary", head.rows());
        }
    }

    /** What {@link Ops#foldColumnSquares} takes. */
    public static void fold(DType type, Tensor x, int seqlen, Tensor s) {
        activations(type, x, "x");
        vector(s, x.columns(), "s");
        that(seqlen > 0 && x.rows() % seqlen == 0, "rows", x.rows(), "seqlen", seqlen);
    }

    /** Weights and their statistic, which may be null. */
    public static void scores(Tensor w, Tensor s) {
        if (s != null) {
            vector(s, w.columns(), "s");
        }
    }

    /** What {@link Ops#zeroSmallestInRows} takes. */
    public static void selectionInRows(Tensor w, Tensor s, int zeroedPerRow) {
        scores(w, s);
        that(zeroedPerRow >= 0 && zeroedPerRow <= w.columns(), "zeroedPerRow", zeroedPerRow, "columns", w.columns());
    }

    /** What {@link Ops#zeroSmallestInLayer} takes. */
    public static void selectionInLayer(Tensor w, Tensor s, long zeroed) {
        scores(w, s);
        long weights = w.rows() * w.columns();
        that(zeroed >= 0 && zeroed <= weights, "zeroed", zeroed, "weights", weights);
    }

    /** What {@link Ops#zeroUpToRank} takes. */
    public static void rank(Tensor w, long rank) {
        that(rank >= 0, "rank", rank, "weights", w.rows() * w.columns());
    }

    /** What {@link Ops#zeroSmallestInGroups} takes. */
    public static void selectionInGroups(Tensor w, Tensor s, NmPattern pattern) {
        scores(w, s);
        long tail = w.columns() % pattern.groupSize();
        that(tail == 0 || tail >= pattern.zeroedPerGroup(), "last group", tail, "zeroed", pattern.zeroedPerGroup());
    }

    /** What {@link Ops#compress24} and {@link Ops#decompress24} take. */
    public static void compression(Tensor w, Tensor values, MemorySegment metadata, MetadataOrder order) {
        if (w.dtype().bytes() != Short.BYTES || values.dtype() != w.dtype() || !order.fits(w.rows(), w.columns())) {
            throw new IllegalArgumentException("no 2:4 form: w=" + w + ", values=" + values + ", " + order);
        }
        that(values.rows() == w.rows(), "values rows", values.rows(), "rows", w.rows());
        columns(values, w.columns() / 2, "values");
        that(metadata.byteSize() == MetadataOrder.bytes(w.rows(), w.columns()), "metadata bytes", metadata.byteSize(),
                "expected", MetadataOrder.bytes(w.rows(), w.columns()));
    }

    /** What {@link Ops#maskBitmap} takes. */
    public static void bitmap(Tensor w, MemorySegment bitmap) {
        long bytes = w.rows() * Math.ceilDiv(w.columns(), Integer.SIZE) * Integer.BYTES;
        that(bitmap.byteSize() == bytes, "bitmap bytes", bitmap.byteSize(), "expected", bytes);
    }
}
