package org.wandagpu.simulator;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * mma.sync.m16n8k16 of F16 or BF16 with F32 sums, of which nearly all products consist: the same results as {@link
 * Mma}'s way for every shape, by loops over registers.
 */
final class HalfTile {

    private static final int ROWS = 16;
    private static final int COLUMNS = 8;
    private static final int DEPTH = 16;
    private static final int ROWS_AT_ONCE = 4;
    private static final VectorSpecies<Double> VECTOR = DoubleVector.SPECIES_PREFERRED.length() < COLUMNS
            ? DoubleVector.SPECIES_PREFERRED : DoubleVector.SPECIES_512;

    private final boolean bf16;

    /** Both inputs and the sums as doubles, the second one by depth: a launch in work has one for all its tiles. */
    static final class Space {
        private final double[] x = new double[ROWS * DEPTH];
        private final double[] y = new double[DEPTH * COLUMNS];
        private final double[] sums = new double[ROWS * COLUMNS];
    }

    private HalfTile(boolean bf16) {
        this.bf16 = bf16;
    }

    /** Whether an instruction is one. */
    static boolean is(Statement s) {
        return s.opcode().contains("m16n8k16") && !s.opcode().contains("mma.sp")
                && (s.opcode().endsWith("f32.f16.f16.f32") || s.opcode().endsWith("f32.bf16.bf16.f32"));
    }

    static Operation multiply(Statement s) {
        int[][] operands = s.operands().stream().map(Operand::rows).toArray(int[][]::new);
        HalfTile tile = new HalfTile(s.opcode().contains("bf16"));
        return (warp, active) -> {
            warp.checkMembers(-1, active);
            tile.run(warp.block.launch.tile, warp.rows, operands[0], operands[1], operands[2], operands[3]);
        };
    }

    /** Lane 4 g + t holds rows g and g + 8, columns from 2 t on, two to a register of 16-bit numbers. */
    private void run(Space space, long[][] registers, int[] d, int[] a, int[] b, int[] c) {
        double[] x = space.x;
        double[] y = space.y;
        widen(registers[a[0]], x, 0, DEPTH, 1);
        widen(registers[a[1]], x, 8 * DEPTH, DEPTH, 1);
        widen(registers[a[2]], x, 8, DEPTH, 1);
        widen(registers[a[3]], x, 8 * DEPTH + 8, DEPTH, 1);
        widen(registers[b[0]], y, 0, 1, COLUMNS);
        widen(registers[b[1]], y, 8 * COLUMNS, 1, COLUMNS);
        double[] sums = space.sums;
        for (int i = 0; i < c.length; i++) {
            long[] from = registers[c[i]];
            for (int lane = 0; lane < Warp.LANES; lane++) {
                sums[place(i, lane)] = Types.f32(from[lane]);
            }
        }
        for (int column = 0; column < COLUMNS; column += VECTOR.length()) {
            for (int row = 0; row < ROWS; row += ROWS_AT_ONCE) {
                addRows(x, y, sums, row, column);
            }
        }
        for (int i = 0; i < d.length; i++) {
            long[] to = registers[d[i]];
            for (int lane = 0; lane < Warp.LANES; lane++) {
                to[lane] = Types.bits((float) sums[place(i, lane)]);
            }
        }
    }

    /** Where the sum of a lane's i-th register stands. */
    private static int place(int i, int lane) {
        return (lane / 4 + i / 2 * 8) * COLUMNS + lane % 4 * 2 + i % 2;
    }

    /** Products of two 16-bit numbers are exact, so a fused sum is rounded as a product and a sum are. */
    private static void addRows(double[] x, double[] y, double[] sums, int row, int column) {
        int at = row * COLUMNS + column;
        DoubleVector first = DoubleVector.fromArray(VECTOR, sums, at);
        DoubleVector second = DoubleVector.fromArray(VECTOR, sums, at + COLUMNS);
        DoubleVector third = DoubleVector.fromArray(VECTOR, sums, at + 2 * COLUMNS);
        DoubleVector fourth = DoubleVector.fromArray(VECTOR, sums, at + 3 * COLUMNS);
        for (int k = 0; k < DEPTH; k++) {
            DoubleVector right = DoubleVector.fromArray(VECTOR, y, k * COLUMNS + column);
            int left = row * DEPTH + k;
            first = right.fma(DoubleVector.broadcast(VECTOR, x[left]), first);
            second = right.fma(DoubleVector.broadcast(VECTOR, x[left + DEPTH]), second);
            third = right.fma(DoubleVector.broadcast(VECTOR, x[left + 2 * DEPTH]), third);
            fourth = right.fma(DoubleVector.broadcast(VECTOR, x[left + 3 * DEPTH]), fourth);
        }
        first.intoArray(sums, at);
        second.intoArray(sums, at + COLUMNS);
        third.intoArray(sums, at + 2 * COLUMNS);
        fourth.intoArray(sums, at + 3 * COLUMNS);
    }

    /** The pair of lane 4 g + t goes to row g, columns 2 t and 2 t + 1, of a matrix with these steps. */
    private void widen(long[] pairs, double[] target, int at, int rowStep, int columnStep) {
        for (int lane = 0; lane < Warp.LANES; lane++) {
            int to = at + lane / 4 * rowStep + lane % 4 * 2 * columnStep;
            long pair = pairs[lane];
            target[to] = bf16 ? Types.bf16(pair) : Types.f16(pair);
            target[to + columnStep] = bf16 ? Types.bf16(pair >>> 16) : Types.f16(pair >>> 16);
        }
    }
}
