package org.wandagpu.simulator;

/** A memory space as one lane sees it. Wrong accesses are reported; then a read gives 0 and a write does nothing. */
interface Memory {

    /** @param strong whether the access is atomic or volatile, so that one of another block may meet it */
    long read(Warp warp, int lane, long address, int bytes, boolean strong);

    /** Two halves side by side, each of which must have been written. */
    default long readPair(Warp warp, int lane, long address) {
        return read(warp, lane, address, 2, false) | read(warp, lane, address + 2, 2, false) << 16;
    }

    void write(Warp warp, int lane, long address, int bytes, long value, boolean strong);
}
