package org.wandagpu.schedule;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.wandagpu.compute.Tensor;

/**
 * Moves a tensor between device and disk a few rows at a time through a small buffer, so that no second copy of it
 * ever stands in memory.
 */
final class TensorPieces {

    /** Long enough for a disk to work at its full rate. A single row may be longer. */
    private static final long PIECE_BYTES = 8L << 20;

    private TensorPieces() {
    }

    /** Work on a piece. */
    @FunctionalInterface
    interface PieceWork {
        /**
         * @param rows the rows of the tensor, a view
         * @param offset their first byte in the tensor
         * @param buffer exactly as many bytes as the rows have; its content is undefined
         */
        void run(Tensor rows, long offset, MemorySegment buffer);
    }

    /** Runs work on all rows in order. */
    static void forEach(Tensor tensor, PieceWork work) {
        if (tensor.byteSize() == 0) {
            return;
        }
        long rowBytes = tensor.byteSize() / tensor.rows();
        long rowsAtOnce = Math.min(tensor.rows(), Math.max(1, PIECE_BYTES / rowBytes));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = arena.allocate(rowsAtOnce * rowBytes);
            for (long first = 0; first < tensor.rows(); first += rowsAtOnce) {
                long count = Math.min(rowsAtOnce, tensor.rows() - first);
                work.run(tensor.rows(first, count), first * rowBytes, buffer.asSlice(0, count * rowBytes));
            }
        }
    }
}
