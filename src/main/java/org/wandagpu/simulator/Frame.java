package org.wandagpu.simulator;

import java.util.List;

/**
 * What a call of a function needs to know of it.
 *
 * @param entry index of its first instruction
 * @param parameterRows rows that get the addresses of what is passed: results first, then arguments
 * @param slots local variables
 * @param bytes of all local variables
 * @param saved rows that a call in itself must give back, empty for a function that cannot come to call itself
 */
record Frame(String name, int entry, int[] parameterRows, List<Slot> slots, int bytes, int[] saved) {

    /** A local variable: the row that holds its address, and where in the frame it lies. */
    record Slot(int row, int offset) {
    }
}
