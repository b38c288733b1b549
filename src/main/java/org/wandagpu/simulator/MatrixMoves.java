package org.wandagpu.simulator;

/** ldmatrix and movmatrix: 8 x 8 matrices of halves, of which lane {@code 4g + t} gets 2t and 2t + 1 of row g. */
final class MatrixMoves {

    private static final int SIZE = 8;

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
            Memory memory = Spaces.memory(space, warp);
            long[] bases = warp.rows[address.row()].clone();
            for (int j = 0; j < to.length; j++) {
                Traffic.count(space, Traffic.Access.LOAD, warp, 0xff << SIZE * j, bases, address.offset(), 16);
                long[][] halves = new long[SIZE][SIZE];
                for (int row = 0; row < SIZE; row++) {
                    int lane = SIZE * j + row;
                    long at = bases[lane] + address.offset();
                    if (!MemoryInstructions.misaligned(warp, lane, at, 16)) {
                        for (int column = 0; column < SIZE; column++) {
                            halves[row][column] = memory.read(warp, lane, at + 2 * column, 2, false);
                        }
                    }
                }
                scatter(warp.rows[to[j]], halves, transposed);
            }
        };
    }

    /** The transpose of a matrix in registers. */
    static Operation transpose(Statement s) {
        int to = s.row(0);
        int from = s.row(1);
        return (warp, active) -> {
            warp.checkMembers(-1, active);
            long[][] halves = new long[SIZE][SIZE];
            for (int lane = 0; lane < Warp.LANES; lane++) {
                long pair = warp.rows[from][lane];
                halves[lane / 4][2 * (lane % 4)] = pair & 0xffff;
                halves[lane / 4][2 * (lane % 4) + 1] = pair >>> 16 & 0xffff;
            }
            scatter(warp.rows[to], halves, true);
        };
    }

    private static void scatter(long[] register, long[][] halves, boolean transposed) {
        for (int lane = 0; lane < Warp.LANES; lane++) {
            int g = lane / 4;
            int t = 2 * (lane % 4);
            long low = transposed ? halves[t][g] : halves[g][t];
            long high = transposed ? halves[t + 1][g] : halves[g][t + 1];
            register[lane] = low | high << 16;
        }
    }
}
