package org.wandagpu.simulator;

/**
 * What a launch did to one allocation.
 *
 * @param bytes size of the allocation
 * @param sectors 32-byte sectors, summed over requests
 * @param sectorsRead distinct ones that were read
 * @param sectorsWritten distinct ones that were written
 */
public record BufferTraffic(long address, long bytes, long sectors, long sectorsRead, long sectorsWritten) {

    private static final int SECTOR = 32;

    BufferTraffic plus(long read, long written) {
        return new BufferTraffic(address, bytes, sectors, sectorsRead + read, sectorsWritten + written);
    }

    /**
     * Bytes between the second-level cache and device memory: each sector in and out once where the allocation fits the
     * cache, else as often as it is asked for.
     */
    public long dramBytes(long cacheBytes) {
        return SECTOR * (bytes > cacheBytes ? Math.max(sectors, sectorsRead + sectorsWritten)
                : sectorsRead + sectorsWritten);
    }
}
