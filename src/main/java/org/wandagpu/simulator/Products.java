package org.wandagpu.simulator;

/** Adds products of rows to sums, as a kind of tensor-core instruction does. */
@FunctionalInterface
interface Products {

    /**
     * @param sums a matrix of as many rows as {@code x} and as many columns as {@code y} has rows, changed in place
     * @param x rows of length {@code depth}
     * @param y the same
     */
    void add(double[] sums, double[] x, double[] y, int depth);

    /** Of numbers, or for single bits the number of places where both or just one is set. */
    static Products of(Statement s) {
        boolean differing = s.has("xor");
        return (sums, x, y, depth) -> {
            int columns = y.length / depth;
            for (int i = 0; i < sums.length; i++) {
                int row = i / columns * depth;
                int column = i % columns * depth;
                double sum = sums[i];
                for (int k = 0; k < depth; k++) {
                    double product = x[row + k] * y[column + k];
                    sum += differing ? x[row + k] + y[column + k] - 2 * product : product;
                }
                sums[i] = sum;
            }
        };
    }
}
