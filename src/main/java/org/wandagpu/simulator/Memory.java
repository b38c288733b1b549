package org.wandagpu.simulator;

/** A memory space as one lane sees it. Wrong accesses are reported; then a read gives 0 and a write does nothing. */
interface Memory {

    /** @param strong whether the access is atomic or volatile, so that one of another block may meet it */
    long read(Warp warp, int lane, long address, int bytes, boolean strong);

    void write(Warp warp, int lane, long address, int bytes, long value, boolean strong);
}
