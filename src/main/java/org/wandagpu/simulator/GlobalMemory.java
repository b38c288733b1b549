package org.wandagpu.simulator;

import java.util.HashMap;
import java.util.Map;

/** Device memory during one launch, with what each block has read and written of it. */
final class GlobalMemory implements Memory {

    private static final int PAGE_BITS = 12;
    private static final int STRONG = 1 << 31;

    /** Per byte block + 1 of the last writer and reader, the top bit for a strong access. */
    private static final class Page {
        final int[] writer = new int[1 << PAGE_BITS];
        final int[] reader = new int[1 << PAGE_BITS];
        final long[] sectors = new long[2];
    }

    private final DeviceMemory memory;
    private final Map<Long, Page> pages = new HashMap<>();
    private Allocation lastAllocation;
    private Page lastPage;
    private long lastNumber = -1;

    GlobalMemory(DeviceMemory memory) {
        this.memory = memory;
    }

    @Override
    public long read(Warp warp, int lane, long address, int bytes, boolean strong) {
        Allocation from = find(warp, lane, address, bytes);
        if (from == null) {
            return 0;
        }
        int at = (int) (address - from.base);
        if (Bytes.get(from.written, at, bytes) != Bytes.ones(bytes)) {
            warp.report(Violation.Kind.UNINITIALISED, lane, address);
        }
        Page page = page(address);
        int me = (int) warp.block.index + 1;
        int in = (int) address & (1 << PAGE_BITS) - 1;
        for (int i = in; i < in + bytes; i++) {
            if (conflict(warp, page.writer[i], me, strong)) {
                warp.report(Violation.Kind.GLOBAL_RACE, lane, address);
            }
            page.reader[i] = strong ? me | STRONG : me;
        }
        return Bytes.get(from.data, at, bytes);
    }

    @Override
    public void write(Warp warp, int lane, long address, int bytes, long value, boolean strong) {
        Allocation to = find(warp, lane, address, bytes);
        if (to == null) {
            return;
        }
        int at = (int) (address - to.base);
        Page page = page(address);
        int me = (int) warp.block.index + 1;
        int in = (int) address & (1 << PAGE_BITS) - 1;
        boolean same = Bytes.get(to.written, at, bytes) == Bytes.ones(bytes)
                && Bytes.get(to.data, at, bytes) == (value & Bytes.ones(bytes));
        for (int i = in; i < in + bytes; i++) {
            if (!same && (conflict(warp, page.writer[i], me, strong) || conflict(warp, page.reader[i], me, strong))) {
                warp.report(Violation.Kind.GLOBAL_RACE, lane, address);
            }
            page.writer[i] = strong ? me | STRONG : me;
        }
        Bytes.put(to.data, at, bytes, value);
        Bytes.put(to.written, at, bytes, -1);
    }

    /** Blocks are not ordered, except by a fence and an atomic of the earlier and an atomic of the later one. */
    private static boolean conflict(Warp warp, int other, int me, boolean strong) {
        int block = other & ~STRONG;
        return block != 0 && block != me && !(strong && other < 0)
                && !(warp.block.hasAcquired() && warp.block.launch.hasReleased(block - 1));
    }

    private Allocation find(Warp warp, int lane, long address, int bytes) {
        Allocation found = lastAllocation;
        if (found == null || !found.contains(address, bytes)) {
            found = memory.before(address);
        }
        if (found == null || !found.contains(address, bytes)) {
            warp.report(Violation.Kind.OUT_OF_BOUNDS, lane, address);
            return null;
        }
        if (found.isFreed()) {
            warp.report(Violation.Kind.USE_AFTER_FREE, lane, address);
            return null;
        }
        lastAllocation = found;
        return found;
    }

    private Page page(long address) {
        long number = address >>> PAGE_BITS;
        if (number != lastNumber) {
            lastPage = pages.computeIfAbsent(number, key -> new Page());
            lastNumber = number;
        }
        int sector = (int) address >>> 5 & 127;
        lastPage.sectors[sector >>> 6] |= 1L << sector;
        return lastPage;
    }

    long touchedSectors() {
        return pages.values().stream()
                .mapToLong(page -> Long.bitCount(page.sectors[0]) + Long.bitCount(page.sectors[1])).sum();
    }
}
