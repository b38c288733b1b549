package org.wandagpu.compute.cpu;

import static org.wandagpu.compute.cpu.Vectors.LANES;
import static org.wandagpu.compute.cpu.Vectors.SPECIES;

import jdk.incubator.vector.FloatVector;

/**
 * The innermost loop of the matrix product: a tile of {@link #ROWS} × {@link #COLUMNS} sums that stay in registers.
 *
 * <p>Eight sums, two vectors of w and one value of x leave some of AVX2's sixteen registers free, which the compiler
 * needs: with ten sums it spills unless told how to schedule, with twelve always. Eight independent chains of
 * multiply-adds still keep two units of four cycles' delay busy, so one shape serves every vector width.
 *
 * <p>The rest of the form is what the compiler needs to keep the sums in registers, each point worth a factor of two:
 * arrays on the heap, because the bounds checks of a memory segment stay inside the loop; a constant distance of x's
 * rows, which one register then addresses; a local variable for each sum; no unrolling by hand; and at the end a choice
 * between two vectors in place of two branches that store.
 */
final class TileKernel {

    /** Rows of x in a tile. */
    static final int ROWS = 4;

    /** Rows of w in a tile, which are columns of the product. */
    static final int COLUMNS = 2 * LANES;

    /** Most terms of a sum: so many rows of a panel of w stay in the first caches beside x. */
    static final int MAX_TERMS = 256;

    /** From one row of x to the next, which begins in another set of the cache. */
    static final int X_STRIDE = MAX_TERMS + 16;

    private TileKernel() {
    }

    /**
     * Sums {@code x[r][k] · w[k][c]} over {@code terms} values of k in ascending order, by fused multiply-adds from 0.
     *
     * @param x rows {@link #X_STRIDE} elements apart, the first at {@code xStart}
     * @param w {@code [terms, COLUMNS]} from {@code wStart} on
     * @param sums rows {@code sumsStride} elements apart, the first at {@code sumsStart}
     * @param add whether the sums are added to what {@code sums} holds, or replace it
     */
    static void multiply(float[] x, int xStart, float[] w, int wStart, int terms,
            float[] sums, int sumsStart, int sumsStride, boolean add) {
        FloatVector zero = FloatVector.zero(SPECIES);
        FloatVector a0 = zero, a1 = zero, a2 = zero, a3 = zero;
        FloatVector b0 = zero, b1 = zero, b2 = zero, b3 = zero;
        for (int k = 0; k < terms; k++) {
            FloatVector wa = FloatVector.fromArray(SPECIES, w, wStart + k * COLUMNS);
            FloatVector wb = FloatVector.fromArray(SPECIES, w, wStart + k * COLUMNS + LANES);
            FloatVector value = FloatVector.broadcast(SPECIES, x[xStart + k]);
            a0 = value.fma(wa, a0);
            b0 = value.fma(wb, b0);
            value = FloatVector.broadcast(SPECIES, x[xStart + k + X_STRIDE]);
            a1 = value.fma(wa, a1);
            b1 = value.fma(wb, b1);
            value = FloatVector.broadcast(SPECIES, x[xStart + k + 2 * X_STRIDE]);
            a2 = value.fma(wa, a2);
            b2 = value.fma(wb, b2);
            value = FloatVector.broadcast(SPECIES, x[xStart + k + 3 * X_STRIDE]);
            a3 = value.fma(wa, a3);
            b3 = value.fma(wb, b3);
        }
        store(a0, b0, sums, sumsStart, add);
        store(a1, b1, sums, sumsStart + sumsStride, add);
        store(a2, b2, sums, sumsStart + 2 * sumsStride, add);
        store(a3, b3, sums, sumsStart + 3 * sumsStride, add);
    }

    private static void store(FloatVector a, FloatVector b, float[] sums, int at, boolean add) {
        FloatVector left = add ? a.add(FloatVector.fromArray(SPECIES, sums, at)) : a;
        FloatVector right = add ? b.add(FloatVector.fromArray(SPECIES, sums, at + LANES)) : b;
        left.intoArray(sums, at);
        right.intoArray(sums, at + LANES);
    }
}
