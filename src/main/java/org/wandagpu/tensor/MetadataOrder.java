package org.wandagpu.tensor;

/**
 * How the 2-bit positions of a 2:4 matrix {@code [rows, columns]} are stored. A group of four columns takes four bits:
 * position of the first kept weight, and of the second times four; four groups make a 16-bit word, first group lowest.
 */
public enum MetadataOrder {

    /** {@code [rows, columns / 16]} words. Columns are a multiple of 16. */
    ROW_MAJOR,

    /**
     * As CUTLASS and PyTorch's {@code SparseSemiStructuredTensorCUTLASS} have it: seen as 32-bit words it is
     * {@code [columns / 32][rows]}, and a run of 32 words is what the lanes of a warp feed to {@code mma.sp}. Rows and
     * columns are multiples of 32.
     */
    REORDERED;

    /** Whether a matrix of this shape has such a form. */
    public boolean fits(long rows, long columns) {
        return this == ROW_MAJOR ? columns % 16 == 0 : columns % 32 == 0 && rows % 32 == 0;
    }

    /** Bytes of the metadata. */
    public static long bytes(long rows, long columns) {
        return rows * columns / 8;
    }

    /** Where the word of row {@code row} and columns {@code 16 · word} on lies. */
    public int index(int row, int word, int rows, int columns) {
        if (this == ROW_MAJOR) {
            return row * (columns / 16) + word;
        }
        int r = row / 32 * 32 + row % 8 * 4 + row % 32 / 8;
        int c = word;
        if (r % 2 == 0 && c % 2 == 1) {
            r++;
            c--;
        } else if (r % 2 == 1 && c % 2 == 0) {
            r--;
            c++;
        }
        return c / 2 * 2 * rows + 2 * r + c % 2;
    }
}
