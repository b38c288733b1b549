package org.wandagpu.simulator;

import java.util.Arrays;

/** ldmatrix and movmatrix: 8 x 8 matrices of halves, of which lane {@code 4g + t} gets 2t and 2t + 1 of row g. */
final class MatrixMoves {

    private static final int SIZE = 8;
    /** Words of a row. */
    private static final int PAIRS = SIZE / 2;

    private MatrixMoves() {
    }

    static Operation load(Statement s) {
        int[] to = s.operands().get(0).rows();
        Operand address = s.operands().get(1);
        boolean transposed = s.has("trans");
        if (!s.has("b16")) {
            throw new UnsupportedOperationException(s.opcode());
        }
        Spaces.Space space = Spaces.of(s);
        return (warp, active) -> {
            warp.checkMembers(-1, active);
            long[] bases = warp.rows[address.row()].clone();
            long[] pairs = new long[SIZE * PAIRS];
            for (int j = 0; j < to.length; j++) {
                Traffic.count(space, Traffic.Access.LOAD, warp, 0xff << SIZE * j, bases, address.offset(), 16);
                for (int row = 0; row < SIZE; row++) {
                    int lane = SIZE * j + row;
                    readRow(warp, lane, bases[lane] + address.offset(), space, pairs, PAIRS * row);
                }
                scatter(warp.rows[to[j]], pairs, transposed);
            }
        };
    }

    private static void readRow(Warp warp, int lane, long at, Spaces.Space space, long[] pairs, int first) {
        if (MemoryInstructions.misaligned(warp, lane, at, 4 * PAIRS)) {
            Arrays.fill(pairs, first, first + PAIRS, 0);
            return;
        }
        Memory memory = Spaces.memory(space, warp);
        for (int i = 0; i < PAIRS; i++) {
            pairs[first + i] = memory.readPair(warp, lane, at + 4 * i);
        }
    }

    /** The transpose of a matrix in registers. */
    static Operation transpose(Statement s) {
        int to = s.row(0);
        int from = s.row(1);
        return (warp, active) -> {
            warp.checkMembers(-1, active);
            scatter(warp.rows[to], warp.rows[from].clone(), true);
        };
    }

    /** @param pairs the matrix, row by row, two halves to a word: as the lanes hold it */
    private static void scatter(long[] register, long[] pairs, boolean transposed) {
        if (!transposed) {
            System.arraycopy(pairs, 0, register, 0, Warp.LANES);
            return;
        }
        for (int lane = 0; lane < Warp.LANES; lane++) {
            int g = lane / 4;
            int t = 2 * (lane % 4);
            int shift = 16 * (g % 2);
            long low = pairs[PAIRS * t + g / 2] >>> shift & 0xffff;
            long high = pairs[PAIRS * (t + 1) + g / 2] >>> shift & 0xffff;
            register[lane] = low | high << 16;
        }
    }
}
