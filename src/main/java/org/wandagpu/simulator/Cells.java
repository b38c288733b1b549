package org.wandagpu.simulator;

/**
 * Per cell its last writer and two readers since: the first and the last of those that no order joins. Two are enough
 * to catch a writer that overtakes readers, for it differs from one of them; a race is never invented, only missed
 * where the writer is ordered after both of many.
 */
final class Cells {

    /** Longs of a cell, which lie together: writer, first and last reader, one unused so that no line is straddled. */
    private static final int STRIDE = 4;
    private static final int FIRST = 1;
    private static final int LAST = 2;

    private final long[] cells;

    Cells(int count) {
        cells = new long[count * STRIDE];
    }

    /** @return an access that this one races with, 0 for none */
    long read(int cell, long me, Clock clock) {
        int at = cell * STRIDE;
        long one = cells[at + FIRST];
        if (one == me) { // a write since would have removed it
            return 0;
        }
        if (one == 0 || clock.knows(one, me)) {
            cells[at + FIRST] = me;
        } else {
            cells[at + LAST] = me;
        }
        long past = cells[at];
        return past == 0 || clock.allows(past, me) ? 0 : past;
    }

    /**
     * @param same whether the bits that lie there already are stored: then it does not matter which of two writers
     *     comes last, and only readers can tell
     * @return an access that this one races with, 0 for none
     */
    long write(int cell, long me, Clock clock, boolean same) {
        int at = cell * STRIDE;
        long past = cells[at];
        long one = cells[at + FIRST];
        long two = cells[at + LAST];
        long race = 0;
        if (one != 0) {
            race = clock.allows(one, me) ? race : one;
            cells[at + FIRST] = 0;
        }
        if (two != 0) {
            race = clock.allows(two, me) ? race : two;
            cells[at + LAST] = 0;
        }
        if (past == me) {
            return race;
        }
        boolean after = past == 0 || clock.allows(past, me);
        if (after || !same) {
            cells[at] = me;
        }
        return after || same ? race : past;
    }

    boolean isWritten(int cell) {
        return cells[cell * STRIDE] != 0;
    }

    private boolean isTouched(int cell) {
        int at = cell * STRIDE;
        return (cells[at] | cells[at + FIRST] | cells[at + LAST]) != 0;
    }

    /** Whether one of two cells was written and the other touched. */
    boolean meets(int cell, Cells other, int otherCell) {
        return isWritten(cell) && other.isTouched(otherCell) || other.isWritten(otherCell) && isTouched(cell);
    }

    void copyTo(Cells finer, int cell, int parts) {
        for (int i = cell * parts; i < (cell + 1) * parts; i++) {
            System.arraycopy(cells, cell * STRIDE, finer.cells, i * STRIDE, STRIDE);
        }
    }
}
