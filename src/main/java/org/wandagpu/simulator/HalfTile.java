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

    private final float[] values;
    private final double[] x = new double[ROWS * DEPTH];
    private final double[] y = new double[COLUMNS * DEPTH];

    private HalfTile(boolean bf16) {
        values = new float[HALF + 1];
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
            tile.run(warp.rows, operands[0], operands[1], operands[2], operands[3]);
        };
    }

    /** Lane 4 g + t holds rows g and g + 8, columns from 2 t on, two to a register of 16-bit numbers. */
    private void run(long[][] registers, int[] d, int[] a, int[] b, int[] c) {
        for (int lane = 0; lane < Warp.LANES; lane++) {
            int g = lane / 4;
            int k = lane % 4 * 2;
            widen(registers[a[0]][lane], x, g * DEPTH + k);
            widen(registers[a[1]][lane], x, (g + 8) * DEPTH + k);
            widen(registers[a[2]][lane], x, g * DEPTH + k + 8);
            widen(registers[a[3]][lane], x, (g + 8) * DEPTH + k + 8);
            widen(registers[b[0]][lane], y, g * DEPTH + k);
            widen(registers[b[1]][lane], y, g * DEPTH + k + 8);
        }
        for (int lane = 0; lane < Warp.LANES; lane++) {
            int row = lane / 4;
            int column = lane % 4 * 2;
            double first = sum(registers[c[0]][lane], row, column);
            double second = sum(registers[c[1]][lane], row, column + 1);
            double third = sum(registers[c[2]][lane], row + 8, column);
            registers[d[3]][lane] = rounded(sum(registers[c[3]][lane], row + 8, column + 1));
            registers[d[0]][lane] = rounded(first);
            registers[d[1]][lane] = rounded(second);
            registers[d[2]][lane] = rounded(third);
        }
    }

    private double sum(long start, int row, int column) {
        double sum = Types.f32(start);
        for (int k = 0; k < DEPTH; k++) {
            sum += x[row * DEPTH + k] * y[column * DEPTH + k];
        }
        return sum;
    }

    private static long rounded(double sum) {
        return Types.fromDouble("f32", sum);
    }

    private void widen(long pair, double[] target, int at) {
        target[at] = values[(int) pair & HALF];
        target[at + 1] = values[(int) (pair >>> 16) & HALF];
    }
}
