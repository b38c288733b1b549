package org.wandagpu.simulator;

/** Accesses of warps to global memory. */
public final class AccessCount {

    private static final int SECTOR = 32;

    private long requests;
    private long sectors;
    private long usefulBytes;

    void add(int sectorsTouched, int bytes) {
        requests++;
        sectors += sectorsTouched;
        usefulBytes += bytes;
    }

    void add(AccessCount other) {
        requests += other.requests;
        sectors += other.sectors;
        usefulBytes += other.usefulBytes;
    }

    /** Instructions of warps with a lane that took part. */
    public long requests() {
        return requests;
    }

    /** 32-byte sectors, summed over requests. */
    public long sectors() {
        return sectors;
    }

    /** Bytes that lanes asked for, the same byte as often as it was asked for. */
    public long usefulBytes() {
        return usefulBytes;
    }

    /** Bytes of the sectors over bytes asked for: 1 is the best without broadcasts; 0 without a request. */
    public double bytesPerUsefulByte() {
        return requests == 0 ? 0 : (double) sectors * SECTOR / usefulBytes;
    }
}
