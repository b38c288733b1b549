package org.wandagpu.simulator;

/**
 * mma.sync.m16n8k16 of F16 or BF16 with F32 sums, of which nearly all products consist: the same results as {@link Mma}'s
 * way for every shape, by loops over registers.
 */
final class HalfTile {

    private static final int ROWS = 16;
    private static final int COLUMNS = 8;
    private static final int DEPTH = 16;
    private static final int HALF = 0xffff;

    private final double[] values;

    /** Both inputs and the sums as doubles, the second one by depth: a launch in work has one for all its tiles. */
    static final class Space {
        private final double[] x = new double[ROWS * DEPTH];
        private final double[] y = new double[DEPTH * COLUMNS];
        private final double[] sums = new double[ROWS * COLUMNS];
    }

    private HalfTile(boolean bf16) {
        values = new double[HALF + 1];
        for (int bits = 0; bits <= HALF; bits++) {
            values[bits] = bf16 ? Types.bf16(bits) : Types.f16(bits);
        }
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
        for (int lane = 0; lane < Warp.LANES; lane++) {
            int g = lane / 4;
            int k = lane % 4 * 2;
            widen(registers[a[0]][lane], space.x, g * DEPTH + k, 1);
            widen(registers[a[1]][lane], space.x, (g + 8) * DEPTH + k, 1);
            widen(registers[a[2]][lane], space.x, g * DEPTH + k + 8, 1);
            widen(registers[a[3]][lane], space.x, (g + 8) * DEPTH + k + 8, 1);
            widen(registers[b[0]][lane], space.y, k * COLUMNS + g, COLUMNS);
            widen(registers[b[1]][lane], space.y, (k + 8) * COLUMNS + g, COLUMNS);
            int at = g * COLUMNS + k;
            space.sums[at] = Types.f32(registers[c[0]][lane]);
            space.sums[at + 1] = Types.f32(registers[c[1]][lane]);
            space.sums[at + 8 * COLUMNS] = Types.f32(registers[c[2]][lane]);
            space.sums[at + 8 * COLUMNS + 1] = Types.f32(registers[c[3]][lane]);
        }
        for (int row = 0; row < ROWS; row++) {
            addRow(space.x, row * DEPTH, space.y, space.sums, row * COLUMNS);
        }
        for (int lane = 0; lane < Warp.LANES; lane++) {
            int at = lane / 4 * COLUMNS + lane % 4 * 2;
            registers[d[0]][lane] = Types.bits((float) space.sums[at]);
            registers[d[1]][lane] = Types.bits((float) space.sums[at + 1]);
            registers[d[2]][lane] = Types.bits((float) space.sums[at + 8 * COLUMNS]);
            registers[d[3]][lane] = Types.bits((float) space.sums[at + 8 * COLUMNS + 1]);
        }
    }

    /** The eight sums of a row side by side: none waits for another. */
    private static void addRow(double[] x, int row, double[] y, double[] sums, int at) {
        double s0 = sums[at];
        double s1 = sums[at + 1];
        double s2 = sums[at + 2];
        double s3 = sums[at + 3];
        double s4 = sums[at + 4];
        double s5 = sums[at + 5];
        double s6 = sums[at + 6];
        double s7 = sums[at + 7];
        for (int k = 0; k < DEPTH; k++) {
            double left = x[row + k];
            int right = k * COLUMNS;
            s0 += left * y[right];
            s1 += left * y[right + 1];
            s2 += left * y[right + 2];
            s3 += left * y[right + 3];
            s4 += left * y[right + 4];
            s5 += left * y[right + 5];
            s6 += left * y[right + 6];
            s7 += left * y[right + 7];
        }
        sums[at] = s0;
        sums[at + 1] = s1;
        sums[at + 2] = s2;
        sums[at + 3] = s3;
        sums[at + 4] = s4;
        sums[at + 5] = s5;
        sums[at + 6] = s6;
        sums[at + 7] = s7;
    }

    private void widen(long pair, double[] target, int at, int step) {
        target[at] = values[(int) pair & HALF];
        target[at + step] = values[(int) (pair >>> 16) & HALF];
    }
}
