package org.wandagpu.simulator;

/**
 * Puts the kept values of A of mma.sp where the metadata says: two of four columns; for tf32 one of two, and for 4-bit
 * integers two pairs of four. Four bits of metadata are for one such group: first and second position, of which tf32
 * uses the upper bit of the first.
 */
final class SparseOperand {

    private static final int GROUPS_OF_WORD = 4;

    private final int depth;
    private final int groups;
    private final int kept;
    private final int width;

    SparseOperand(int depth, Elements elements) {
        this.depth = depth;
        this.width = elements.type.equals("tf32") ? 2 : elements.bits() == 4 ? 8 : 4;
        this.kept = width / 2;
        this.groups = depth / width;
    }

    /**
     * @param values kept values, {@code depth / 2} a row
     * @param metadata per lane 16 bits for row g, then 16 for row g + 8
     * @param selector which of the four lanes of a row, or which pair of them, gives its metadata
     */
    double[] expand(double[] values, long[] metadata, int selector) {
        double[] dense = new double[values.length * 2];
        int lanes = Math.max(1, groups / GROUPS_OF_WORD);
        for (int lane = 0; lane < Warp.LANES; lane++) {
            int t = lane % 4;
            if (t / lanes == selector) {
                for (int slot = 0; slot < 2 * GROUPS_OF_WORD; slot++) {
                    int row = lane / 4 + 8 * (slot / GROUPS_OF_WORD);
                    int group = GROUPS_OF_WORD * (t % lanes) + slot % GROUPS_OF_WORD;
                    put(dense, row * depth + group * width, values, row * depth / 2 + group * kept,
                            (int) (metadata[lane] >>> 4 * slot & 15));
                }
            }
        }
        return dense;
    }

    private void put(double[] dense, int to, double[] values, int from, int positions) {
        int first = positions & 3;
        int second = positions >>> 2;
        if (kept == 1) {
            dense[to + first / 2] = values[from];
            return;
        }
        int unit = kept / 2;
        for (int i = 0; i < unit; i++) {
            dense[to + unit * first + i] += values[from + i];
            dense[to + unit * second + i] += values[from + unit + i];
        }
    }
}
