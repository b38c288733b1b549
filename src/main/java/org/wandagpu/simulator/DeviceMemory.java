package org.wandagpu.simulator;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import org.wandagpu.failure.DeviceException;

/** Allocations by address. Gaps lie between them and addresses are never given twice, so that a stray one is seen. */
final class DeviceMemory {

    private static final long FIRST = 0x7f00_0000_0000L;
    private static final long ALIGNMENT = 512;
    private static final long GAP = 4096;

    private final TreeMap<Long, Allocation> allocations = new TreeMap<>();
    private long next = FIRST;

    long allocate(long bytes) {
        if (bytes < 1 || bytes > Integer.MAX_VALUE - 16) {
            throw new DeviceException("the simulator cannot allocate " + bytes + " bytes at once");
        }
        Allocation allocation = new Allocation(next, (int) bytes);
        allocations.put(next, allocation);
        next += Math.ceilDiv(bytes, ALIGNMENT) * ALIGNMENT + GAP;
        return allocation.base;
    }

    void free(long address) {
        Allocation allocation = allocations.get(address);
        if (allocation == null || allocation.isFreed()) {
            throw new IllegalStateException("0x%x is not an allocation, or was freed before".formatted(address));
        }
        allocation.free();
    }

    /** The allocation at or before an address, which may be freed or too short; null before the first. */
    Allocation before(long address) {
        Map.Entry<Long, Allocation> entry = allocations.floorEntry(address);
        return entry == null ? null : entry.getValue();
    }

    void copyIn(long address, MemorySegment source) {
        Allocation to = live(address, source.byteSize());
        int at = (int) (address - to.base);
        MemorySegment.copy(source, 0, MemorySegment.ofArray(to.data), at, source.byteSize());
        Arrays.fill(to.written, at, at + (int) source.byteSize(), (byte) -1);
    }

    void copyOut(long address, MemorySegment target) {
        Allocation from = live(address, target.byteSize());
        MemorySegment.copy(MemorySegment.ofArray(from.data), address - from.base, target, 0, target.byteSize());
    }

    void copy(long source, long target, long bytes) {
        Allocation from = live(source, bytes);
        Allocation to = live(target, bytes);
        System.arraycopy(from.data, (int) (source - from.base), to.data, (int) (target - to.base), (int) bytes);
        System.arraycopy(from.written, (int) (source - from.base), to.written, (int) (target - to.base), (int) bytes);
    }

    void fill(long address, byte value, long bytes) {
        Allocation to = live(address, bytes);
        int at = (int) (address - to.base);
        Arrays.fill(to.data, at, at + (int) bytes, value);
        Arrays.fill(to.written, at, at + (int) bytes, (byte) -1);
    }

    private Allocation live(long address, long bytes) {
        Allocation found = before(address);
        if (found == null || found.isFreed() || !found.contains(address, bytes)) {
            throw new IllegalStateException("no %d bytes at 0x%x".formatted(bytes, address));
        }
        return found;
    }
}
