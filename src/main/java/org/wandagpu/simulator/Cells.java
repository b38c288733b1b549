package org.wandagpu.simulator;

/**
 * Per cell its last writer and two readers since: the first and the last of those that no order joins. Two are enough
 * to catch a writer that overtakes readers, for it differs from one of them; a race is never invented, only missed
 * where the writer is ordered after both of many.
 */
final class Cells {

    private final long[] writer;
    private final long[] first;
    private final long[] last;

    Cells(int count) {
        writer = new long[count];
        first = new long[count];
        last = new long[count];
    }

    /** @return an access that this one races with, 0 for none */
    long read(int cell, long me, Clock clock) {
        long past = writer[cell];
        long one = first[cell];
        if (one != me) {
            if (one == 0 || clock.knows(one, me)) {
                first[cell] = me;
            } else {
                last[cell] = me;
            }
        }
        return past == 0 || clock.allows(past, me) ? 0 : past;
    }

    /**
     * @param same whether the bits that lie there already are stored: then it does not matter which of two writers
     *     comes last, and only readers can tell
     * @return an access that this one races with, 0 for none
     */
    long write(int cell, long me, Clock clock, boolean same) {
        long past = writer[cell];
        boolean after = past == 0 || clock.allows(past, me);
        long one = first[cell];
        long two = last[cell];
        long race = after || same ? 0 : past;
        if (one != 0) {
            race = clock.allows(one, me) ? race : one;
            first[cell] = 0;
        }
        if (two != 0) {
            race = clock.allows(two, me) ? race : two;
            last[cell] = 0;
        }
        if (after || !same) {
            writer[cell] = me;
        }
        return race;
    }

    boolean isWritten(int cell) {
        return writer[cell] != 0;
    }

    void copyTo(Cells finer, int cell, int parts) {
        for (int i = cell * parts; i < (cell + 1) * parts; i++) {
            finer.writer[i] = writer[cell];
            finer.first[i] = first[cell];
            finer.last[i] = last[cell];
        }
    }
}
