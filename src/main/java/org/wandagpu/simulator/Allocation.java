package org.wandagpu.simulator;

/** A piece of device memory, with a mark for every byte that was ever written. Freed, it is known by its place alone. */
final class Allocation {

    final long base;
    final int bytes;
    byte[] data;
    /** 0xff where the byte was written. */
    byte[] written;

    Allocation(long base, int bytes) {
        this.base = base;
        this.bytes = bytes;
        this.data = new byte[bytes];
        this.written = new byte[bytes];
    }

    boolean contains(long address, long count) {
        return address >= base && address + count <= base + bytes;
    }

    void free() {
        data = null;
        written = null;
    }

    boolean isFreed() {
        return data == null;
    }
}
