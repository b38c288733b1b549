package org.wandagpu.compute.cpu;

import static org.wandagpu.compute.cpu.Vectors.LANES;
import static org.wandagpu.compute.cpu.Vectors.SPECIES;

import jdk.incubator.vector.FloatVector;

/**
 * The innermost loop of the matrix product: a tile of {@link #ROWS} × {@link #COLUMNS} sums that stay in registers.
 *
 * <p>Twelve sums, two vectors of w and one value of x fill fifteen of AVX2's sixteen registers, and twelve independent
 * chains of multiply-adds keep two units of four cycles' delay busy; so one shape serves every vector width.
 *
 * <p>The form is what the compiler needs to keep the sums in registers, each point worth a factor of two or more:
 * arrays on the heap, because the bounds checks of a memory segment stay inside the loop; a local variable for each
 * sum; no unrolling by hand; and a choice between two vectors at the end in place of two branches that store.
 */
final class TileKernel {

    /** Rows of x in a tile. */
    static final int ROWS = 6;

    /** Rows of w in a tile, which are columns of the product. */
    static final int COLUMNS = 2 * LANES;

    private TileKernel() {
    }

    /**
     * Sums {@code x[r][k] · w[k][c]} over {@code terms} values of k in ascending order, by fused multiply-adds from 0.
     *
     * @param x rows {@code xStride} elements apart, the first at {@code xStart}
     * @param w {@code [terms, COLUMNS]} from {@code wStart} on
     * @param sums rows {@code sumsStride} elements apart, the first at {@code sumsStart}
     * @param add whether the sums are added to what {@code sums} holds, or replace it
     */
    static void multiply(float[] x, int xStart, int xStride, float[] w, int wStart, int terms,
            float[] sums, int sumsStart, int sumsStride, boolean add) {
        FloatVector zero = FloatVector.zero(SPECIES);
        FloatVector a0 = zero, a1 = zero, a2 = zero, a3 = zero, a4 = zero, a5 = zero;
        FloatVector b0 = zero, b1 = zero, b2 = zero, b3 = zero, b4 = zero, b5 = zero;
        int x1 = xStart + xStride;
        int x2 = x1 + xStride;
        int x3 = x2 + xStride;
        int x4 = x3 + xStride;
        int x5 = x4 + xStride;
        for (int k = 0; k < terms; k++) {
            FloatVector wa = FloatVector.fromArray(SPECIES, w, wStart + k * COLUMNS);
            FloatVector wb = FloatVector.fromArray(SPECIES, w, wStart + k * COLUMNS + LANES);
            FloatVector value = FloatVector.broadcast(SPECIES, x[xStart + k]);
            a0 = value.fma(wa, a0);
            b0 = value.fma(wb, b0);
            value = FloatVector.broadcast(SPECIES, x[x1 + k]);
            a1 = value.fma(wa, a1);
            b1 = value.fma(wb, b1);
            value = FloatVector.broadcast(SPECIES, x[x2 + k]);
            a2 = value.fma(wa, a2);
            b2 = value.fma(wb, b2);
            value = FloatVector.broadcast(SPECIES, x[x3 + k]);
            a3 = value.fma(wa, a3);
            b3 = value.fma(wb, b3);
            value = FloatVector.broadcast(SPECIES, x[x4 + k]);
            a4 = value.fma(wa, a4);
            b4 = value.fma(wb, b4);
            value = FloatVector.broadcast(SPECIES, x[x5 + k]);
            a5 = value.fma(wa, a5);
            b5 = value.fma(wb, b5);
        }
        store(a0, b0, sums, sumsStart, add);
        store(a1, b1, sums, sumsStart + sumsStride, add);
        store(a2, b2, sums, sumsStart + 2 * sumsStride, add);
        store(a3, b3, sums, sumsStart + 3 * sumsStride, add);
        store(a4, b4, sums, sumsStart + 4 * sumsStride, add);
        store(a5, b5, sums, sumsStart + 5 * sumsStride, add);
    }

    private static void store(FloatVector a, FloatVector b, float[] sums, int at, boolean add) {
        FloatVector left = add ? a.add(FloatVector.fromArray(SPECIES, sums, at)) : a;
        FloatVector right = add ? b.add(FloatVector.fromArray(SPECIES, sums, at + LANES)) : b;
        left.intoArray(sums, at);
        right.intoArray(sums, at + LANES);
    }
}
