package org.wandagpu.simulator;

/**
 * ldmatrix, mma.sync and mma.sp as whole tiles. Lane {@code 4g + t} holds the elements that the PTX manual gives it;
 * products are exact and each sum is rounded once, where hardware truncates: compare small integers exactly, others
 * with a tolerance.
 */
final class Tensor {

    private static final int ROWS = 16;
    private static final int COLUMNS = 8;

    private Tensor() {
    }

    static Operation ldmatrix(Statement s) {
        int[] to = s.operands().get(0).rows();
        Operand address = s.operands().get(1);
        boolean transposed = s.has("trans");
        if (!s.has("b16")) {
            throw new UnsupportedOperationException(s.opcode());
        }
        return (warp, active) -> {
            warp.checkMembers(-1, active);
            long[] bases = warp.rows[address.row()].clone();
            for (int j = 0; j < to.length; j++) {
                Traffic.count(Spaces.Space.SHARED, Traffic.Access.LOAD, warp, 0xff << 8 * j, bases, address.offset(), 16);
                long[][] halves = new long[COLUMNS][COLUMNS];
                for (int row = 0; row < COLUMNS; row++) {
                    int lane = 8 * j + row;
                    long at = bases[lane] + address.offset();
                    if (!MemoryInstructions.misaligned(warp, lane, at, 16)) {
                        for (int column = 0; column < COLUMNS; column++) {
                            halves[row][column] = warp.block.shared.read(warp, lane, at + 2 * column, 2, false);
                        }
                    }
                }
                scatter(warp.rows[to[j]], halves, transposed);
            }
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

    static Operation mma(Statement s) {
        boolean sparse = s.has("sp") || s.has("sp::ordered_metadata");
        int depth = s.has("m16n8k32") ? 32 : s.has("m16n8k16") ? 16 : s.has("m16n8k8") ? 8 : 0;
        String[] parts = s.opcode().split("\\.");
        String type = parts[parts.length - 2];
        boolean known = type.equals("tf32") ? !sparse && depth == 8
                : (type.equals("f16") || type.equals("bf16")) && depth == (sparse ? 32 : depth == 8 ? 8 : 16);
        if (!known || !parts[parts.length - 1].equals("f32")) {
            throw new UnsupportedOperationException(s.opcode());
        }
        int[] d = s.operands().get(0).rows();
        int[] a = s.operands().get(1).rows();
        int[] b = s.operands().get(2).rows();
        int[] c = s.operands().get(3).rows();
        int metadata = sparse ? s.row(4) : -1;
        int selector = sparse ? s.row(5) : -1;
        return (warp, active) -> {
            warp.checkMembers(-1, active);
            double[][] left = left(warp.rows, a, type, sparse ? depth / 2 : depth);
            if (sparse) {
                left = expand(left, warp.rows[metadata], (int) warp.rows[selector][0]);
            }
            double[][] right = right(warp.rows, b, type, depth);
            accumulate(warp.rows, d, c, left, right);
        };
    }

    private static double element(long[][] rows, int[] registers, String type, int lane, int i) {
        if (type.equals("tf32")) {
            return Types.f32(rows[registers[i]][lane] & ~0x1fffL);
        }
        return Types.toDouble(type, rows[registers[i / 2]][lane] >>> 16 * (i % 2));
    }

    private static double[][] left(long[][] rows, int[] a, String type, int depth) {
        double[][] matrix = new double[ROWS][depth];
        boolean whole = type.equals("tf32");
        for (int lane = 0; lane < Warp.LANES; lane++) {
            int g = lane / 4;
            int t = lane % 4;
            for (int i = 0; i < depth / 2; i++) {
                int row = whole ? g + 8 * (i % 2) : g + 8 * (i / 2 % 2);
                int k = whole ? t + 4 * (i / 2) : 2 * t + i % 2 + 8 * (i / 4);
                matrix[row][k] = element(rows, a, type, lane, i);
            }
        }
        return matrix;
    }

    /** Row n holds column n of B, so that sums run along rows. */
    private static double[][] right(long[][] rows, int[] b, String type, int depth) {
        double[][] matrix = new double[COLUMNS][depth];
        boolean whole = type.equals("tf32");
        for (int lane = 0; lane < Warp.LANES; lane++) {
            int t = lane % 4;
            for (int i = 0; i < depth / 4; i++) {
                int k = whole ? t + 4 * i : 2 * t + i % 2 + 8 * (i / 2);
                matrix[lane / 4][k] = element(rows, b, type, lane, i);
            }
        }
        return matrix;
    }

    /** Puts the two kept values of every group of four where the metadata says. */
    private static double[][] expand(double[][] kept, long[] metadata, int selector) {
        double[][] dense = new double[ROWS][32];
        for (int lane = 0; lane < Warp.LANES; lane++) {
            int t = lane % 4;
            for (int slot = 0; t / 2 == selector && slot < 16; slot++) {
                int row = lane / 4 + 8 * (slot / 8);
                int group = 4 * (t % 2) + slot / 2 % 4;
                int column = 4 * group + (int) (metadata[lane] >>> 2 * slot & 3);
                dense[row][column] += kept[row][2 * group + slot % 2];
            }
        }
        return dense;
    }

    private static void accumulate(long[][] rows, int[] d, int[] c, double[][] left, double[][] right) {
        for (int lane = 0; lane < Warp.LANES; lane++) {
            for (int i = 0; i < 4; i++) {
                double[] x = left[lane / 4 + 8 * (i / 2)];
                double[] y = right[2 * (lane % 4) + i % 2];
                double sum = Types.f32(rows[c[i]][lane]);
                for (int k = 0; k < x.length; k++) {
                    sum += x[k] * y[k];
                }
                rows[d[i]][lane] = Types.bits((float) sum);
            }
        }
    }
}
