package org.wandagpu.simulator;

/** A piece of device memory, with a mark for every byte that was ever written. */
final class Allocation {

    final long base;
    final byte[] data;
    /** 0xff where the byte was written. */
    final byte[] written;
    private boolean freed;

    Allocation(long base, int bytes) {
        this.base = base;
        this.data = new byte[bytes];
        this.written = new byte[bytes];
    }

    boolean contains(long address, long bytes) {
        return address >= base && address + bytes <= base + data.length;
    }

    void free() {
        freed = true;
    }

    boolean isFreed() {
        return freed;
    }
}
