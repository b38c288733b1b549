package org.wandagpu.schedule;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Cuts a matrix on its way between device and disk into pieces of a few rows that go through a small buffer, so that no
 * second copy of it ever stands in memory.
 */
final class Pieces {

    /** Long enough for a disk to work at its full rate. A single row may be longer. */
    private static final long PIECE_BYTES = 8L << 20;

    private Pieces() {
    }

    /** Work on a piece. */
    @FunctionalInterface
    interface PieceWork {
        /**
         * @param first index of the piece's first row
         * @param rows of the piece
         * @param offset its first byte in the matrix
         * @param buffer exactly as many bytes as the rows have; its content is undefined
         */
        void run(long first, long rows, long offset, MemorySegment buffer);
    }

    /** Runs work on all rows in order. */
    static void forEach(long rows, long rowBytes, PieceWork work) {
        if (rows * rowBytes == 0) {
            return;
        }
        long rowsAtOnce = Math.min(rows, Math.max(1, PIECE_BYTES / rowBytes));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = arena.allocate(rowsAtOnce * rowBytes);
            for (long first = 0; first < rows; first += rowsAtOnce) {
                long count = Math.min(rowsAtOnce, rows - first);
                work.run(first, count, first * rowBytes, buffer.asSlice(0, count * rowBytes));
            }
        }
    }
}
