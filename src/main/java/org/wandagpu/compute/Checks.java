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
