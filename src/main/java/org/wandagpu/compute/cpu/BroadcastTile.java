package org.wandagpu.compute.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The inner kernel of attention: a product of two small matrices in arrays, of which the right one has
 * {@link #COLUMNS} columns side by side.
 *
 * <p>Four rows of the product stay in twelve registers. Each step multiplies four scalars of the left matrix with three
 * vectors of the right one: twelve multiply-adds for seven loads, which reaches the peak of a core with 16 or more
 * registers while both matrices lie in its first cache. They are spelled out, since the compiler keeps named vectors in
 * registers but no array of them.
 */
final class BroadcastTile {

    /** Rows that one call computes. */
    static final int ROWS = 4;

    private static final VectorSpecies<Float> SPECIES = Vectors.SPECIES;
    private static final int LANES = Vectors.LANES;

    /** Columns of the right matrix and of the product. */
    static final int COLUMNS = 3 * LANES;

    private BroadcastTile() {
    }

    /**
     * {@code c[i][·] += Σ_s a[i][s] · b[s][·]} for four rows i, s ascending.
     *
     * @param a left matrix; element (i, s) is {@code a[aAt + i·rowStride + s·stepStride]}
     * @param steps terms of the sum
     * @param b right matrix {@code [steps, COLUMNS]}
     * @param c product {@code [·, COLUMNS]}; its four rows begin at {@code cAt}
     */
    static void multiplyAdd(float[] a, int aAt, int rowStride, int stepStride, int steps, float[] b, float[] c,
            int cAt) {
        int c1 = cAt + COLUMNS;
        int c2 = c1 + COLUMNS;
        int c3 = c2 + COLUMNS;
        FloatVector c00 = FloatVector.fromArray(SPECIES, c, cAt);
        FloatVector c01 = FloatVector.fromArray(SPECIES, c, cAt + LANES);
        FloatVector c02 = FloatVector.fromArray(SPECIES, c, cAt + 2 * LANES);
        FloatVector c10 = FloatVector.fromArray(SPECIES, c, c1);
        FloatVector c11 = FloatVector.fromArray(SPECIES, c, c1 + LANES);
        FloatVector c12 = FloatVector.fromArray(SPECIES, c, c1 + 2 * LANES);
        FloatVector c20 = FloatVector.fromArray(SPECIES, c, c2);
        FloatVector c21 = FloatVector.fromArray(SPECIES, c, c2 + LANES);
        FloatVector c22 = FloatVector.fromArray(SPECIES, c, c2 + 2 * LANES);
        FloatVector c30 = FloatVector.fromArray(SPECIES, c, c3);
        FloatVector c31 = FloatVector.fromArray(SPECIES, c, c3 + LANES);
        FloatVector c32 = FloatVector.fromArray(SPECIES, c, c3 + 2 * LANES);
        for (int s = 0; s < steps; s++) {
            int at = aAt + s * stepStride;
            FloatVector b0 = FloatVector.fromArray(SPECIES, b, s * COLUMNS);
            FloatVector b1 = FloatVector.fromArray(SPECIES, b, s * COLUMNS + LANES);
            FloatVector b2 = FloatVector.fromArray(SPECIES, b, s * COLUMNS + 2 * LANES);
            FloatVector scalar = FloatVector.broadcast(SPECIES, a[at]);
            c00 = scalar.fma(b0, c00);
            c01 = scalar.fma(b1, c01);
            c02 = scalar.fma(b2, c02);
            scalar = FloatVector.broadcast(SPECIES, a[at + rowStride]);
            c10 = scalar.fma(b0, c10);
            c11 = scalar.fma(b1, c11);
            c12 = scalar.fma(b2, c12);
            scalar = FloatVector.broadcast(SPECIES, a[at + 2 * rowStride]);
            c20 = scalar.fma(b0, c20);
            c21 = scalar.fma(b1, c21);
            c22 = scalar.fma(b2, c22);
            scalar = FloatVector.broadcast(SPECIES, a[at + 3 * rowStride]);
            c30 = scalar.fma(b0, c30);
            c31 = scalar.fma(b1, c31);
            c32 = scalar.fma(b2, c32);
        }
        c00.intoArray(c, cAt);
        c01.intoArray(c, cAt + LANES);
        c02.intoArray(c, cAt + 2 * LANES);
        c10.intoArray(c, c1);
        c11.intoArray(c, c1 + LANES);
        c12.intoArray(c, c1 + 2 * LANES);
        c20.intoArray(c, c2);
        c21.intoArray(c, c2 + LANES);
        c22.intoArray(c, c2 + 2 * LANES);
        c30.intoArray(c, c3);
        c31.intoArray(c, c3 + LANES);
        c32.intoArray(c, c3 + 2 * LANES);
    }
}
