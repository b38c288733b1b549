package org.wandagpu.simulator;

/**
 * Who touched a stretch of memory: by words, and by halves and bytes for the words of which such parts were touched
 * alone. Accesses are aligned, so that one of several cells covers all of them, and one of a part lies in one cell.
 */
final class Shadow {

    private static final int WORD = 4;

    private final int unit;
    private final int length;
    private final Cells cells;
    /** For cells that are split: the same by units half as long. */
    private Shadow finer;
    private boolean[] split;

    Shadow(int length) {
        this(Math.ceilDiv(length, WORD) * WORD, WORD);
    }

    private Shadow(int length, int unit) {
        this.length = length;
        this.unit = unit;
        this.cells = new Cells(length / unit);
    }

    /** @return an access that this one races with, 0 for none */
    long read(int at, int bytes, long me, Clock clock) {
        long race = 0;
        for (int i = at; i < at + bytes; i += unit) {
            int cell = i / unit;
            long found = isWhole(cell, bytes) ? cells.read(cell, me, clock)
                    : finer.read(i, Math.min(unit, bytes), me, clock);
            race = found != 0 ? found : race;
        }
        return race;
    }

    /**
     * @param same whether the bits that lie there already are stored
     * @return an access that this one races with, 0 for none
     */
    long write(int at, int bytes, long me, Clock clock, boolean same) {
        long race = 0;
        for (int i = at; i < at + bytes; i += unit) {
            int cell = i / unit;
            long found = isWhole(cell, bytes) ? cells.write(cell, me, clock, same)
                    : finer.write(i, Math.min(unit, bytes), me, clock, same);
            race = found != 0 ? found : race;
        }
        return race;
    }

    boolean isWritten(int at, int bytes) {
        for (int i = at; i < at + bytes; i += unit) {
            int cell = i / unit;
            if (split != null && split[cell] ? finer.isWritten(i, Math.min(unit, bytes)) : cells.isWritten(cell)) {
                return true;
            }
        }
        return false;
    }

    /** Whether a cell is not split; splits it for an access to a part. */
    private boolean isWhole(int cell, int bytes) {
        if (split != null && split[cell]) {
            return false;
        }
        if (bytes >= unit) {
            return true;
        }
        if (finer == null) {
            finer = new Shadow(length, unit / 2);
            split = new boolean[length / unit];
        }
        split[cell] = true;
        cells.copyTo(finer.cells, cell, 2);
        return false;
    }

    /** Whether one of two shadows of the same memory was written where the other was touched. */
    boolean meets(Shadow other) {
        for (int cell = 0; cell < length / unit; cell++) {
            if (meets(cell, other)) {
                return true;
            }
        }
        return false;
    }

    private boolean meets(int cell, Shadow other) {
        boolean splitHere = split != null && split[cell];
        boolean splitThere = other.split != null && other.split[cell];
        if (!splitHere && !splitThere) {
            return cells.meets(cell, other.cells, cell);
        }
        if (splitHere && splitThere) {
            return finer.meets(2 * cell, other.finer) || finer.meets(2 * cell + 1, other.finer);
        }
        return splitHere
                ? finer.meetsWhole(2 * cell, other.cells, cell) || finer.meetsWhole(2 * cell + 1, other.cells, cell)
                : other.meets(cell, this);
    }

    /** A cell and the one of coarser cells that it is a part of. */
    private boolean meetsWhole(int cell, Cells coarser, int of) {
        return split != null && split[cell]
                ? finer.meetsWhole(2 * cell, coarser, of) || finer.meetsWhole(2 * cell + 1, coarser, of)
                : cells.meets(cell, coarser, of);
    }
}
