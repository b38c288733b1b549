package org.wandagpu.simulator;

/**
 * Which element of a matrix each lane of a warp holds: lane {@code 4g + t}, element {@code i}, as the PTX manual has it
 * for mma.sync.
 */
final class FragmentLayout {

    final int rows;
    final int columns;
    /** Per lane and element {@code row * columns + column}. */
    private final int[][] places;

    /** Says where an element lies. */
    @FunctionalInterface
    private interface Place {
        int of(int g, int t, int i);
    }

    private FragmentLayout(int rows, int columns, int elements, Place place) {
        this.rows = rows;
        this.columns = columns;
        this.places = new int[Warp.LANES][elements];
        for (int lane = 0; lane < Warp.LANES; lane++) {
            for (int i = 0; i < elements; i++) {
                places[lane][i] = place.of(lane / 4, lane % 4, i);
            }
        }
    }

    /** A, of 8 or 16 rows. Registers alternate between rows g and g + 8, where there are 16. */
    static FragmentLayout left(int rows, int depth, int perRegister) {
        int halves = rows / 8;
        return new FragmentLayout(rows, depth, rows * depth / Warp.LANES, (g, t, i) -> {
            int register = i / perRegister;
            int k = perRegister * t + i % perRegister + 4 * perRegister * (register / halves);
            return (g + 8 * (register % halves)) * depth + k;
        });
    }

    /** B as its transpose, so that sums run along rows: 8 of them. */
    static FragmentLayout right(int depth, int perRegister) {
        return new FragmentLayout(8, depth, depth / 4, (g, t, i) -> {
            int register = i / perRegister;
            return g * depth + perRegister * t + i % perRegister + 4 * perRegister * register;
        });
    }

    /** C and D, of 8 columns or of several times 8 side by side. */
    static FragmentLayout result(int rows, int columns) {
        int ofTile = rows / 4;
        return new FragmentLayout(rows, columns, rows * columns / Warp.LANES, (g, t, i) -> {
            int row = g + 8 * (i % ofTile / 2);
            return row * columns + 8 * (i / ofTile) + 2 * t + i % 2;
        });
    }

    /**
     * The operands of wmma, whose places only the hardware knows: elements one after another, all of them again where a
     * fragment has room for more.
     */
    static FragmentLayout opaque(int rows, int columns, int elements) {
        int once = rows * columns / Warp.LANES;
        return new FragmentLayout(rows, columns, elements, (g, t, i) -> (4 * g + t) * once + i % once);
    }

    int elements() {
        return places[0].length;
    }

    int place(int lane, int element) {
        return places[lane][element];
    }

    /** Reads a matrix out of the registers of all lanes. */
    double[] gather(long[][] registers, int[] operand, Elements elements) {
        double[] matrix = new double[rows * columns];
        for (int lane = 0; lane < Warp.LANES; lane++) {
            for (int i = 0; i < places[lane].length; i++) {
                matrix[places[lane][i]] = elements.get(registers, operand, lane, i);
            }
        }
        return matrix;
    }

    /** Writes a matrix to the registers of all lanes. */
    void scatter(double[] matrix, long[][] registers, int[] operand, Elements elements, boolean saturates) {
        for (int lane = 0; lane < Warp.LANES; lane++) {
            for (int i = 0; i < places[lane].length; i++) {
                elements.put(registers, operand, lane, i, matrix[places[lane][i]], saturates);
            }
        }
    }
}
