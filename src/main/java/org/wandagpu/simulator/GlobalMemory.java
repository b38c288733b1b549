package org.wandagpu.simulator;

import java.util.HashMap;
import java.util.Map;

/** Device memory during one launch, with who touched what of it. */
final class GlobalMemory implements Memory {

    private static final int PAGE_BITS = 12;
    private static final int PAGE = 1 << PAGE_BITS;

    /** Who touched a page; which 32-byte sectors of it were touched; which bytes were read as never written. */
    private static final class Page {
        final Shadow shadow = new Shadow(PAGE);
        final long[] sectors = new long[2];
        boolean[] readOnly;
    }

    private final DeviceMemory memory;
    private final Launch launch;
    private final Map<Long, Page> pages = new HashMap<>();
    private Allocation lastAllocation;
    private Page lastPage;
    private long lastNumber = -1;

    GlobalMemory(DeviceMemory memory, Launch launch) {
        this.memory = memory;
        this.launch = launch;
    }

    @Override
    public long read(Warp warp, int lane, long address, int bytes, boolean strong) {
        Allocation from = find(warp, lane, address, bytes);
        if (from == null) {
            return 0;
        }
        int at = (int) (address - from.base);
        if (Bytes.get(from.written, at, bytes) == 0) {
            warp.report(Violation.Kind.UNINITIALISED, lane, address);
        }
        if (strong) {
            warp.clock.listen(warp.block.messages, launch.messages, address);
        }
        long me = warp.clock.access(lane, strong);
        check(warp, lane, address, me, page(address).shadow.read((int) address & PAGE - 1, bytes, me, warp.clock));
        return Bytes.get(from.data, at, bytes);
    }

    @Override
    public void write(Warp warp, int lane, long address, int bytes, long value, boolean strong) {
        Allocation to = find(warp, lane, address, bytes);
        if (to == null) {
            return;
        }
        int at = (int) (address - to.base);
        int in = (int) address & PAGE - 1;
        Page page = page(address);
        boolean equal = Bytes.get(to.data, at, bytes) == (value & Bytes.ones(bytes));
        boolean same = equal && Bytes.get(to.written, at, bytes) == Bytes.ones(bytes);
        long me = warp.clock.access(lane, strong);
        check(warp, lane, address, me, page.shadow.write(in, bytes, me, warp.clock, same));
        for (int i = in; page.readOnly != null && i < in + bytes; i++) {
            if (page.readOnly[i]) {
                warp.report(Violation.Kind.READ_ONLY_WRITTEN, lane, address);
            }
        }
        if (strong) {
            warp.clock.tell(warp.block.messages, launch.messages, address);
        }
        if (!equal) {
            launch.changed();
        }
        Bytes.put(to.data, at, bytes, value);
        Bytes.put(to.written, at, bytes, -1);
    }

    /** {@code ld.global.nc} may read from a cache: no thread may write these bytes in the whole launch. */
    void promiseReadOnly(Warp warp, int lane, long address, int bytes) {
        Page page = page(address);
        int in = (int) address & PAGE - 1;
        if (page.readOnly == null) {
            page.readOnly = new boolean[PAGE];
        }
        for (int i = in; i < in + bytes; i++) {
            page.readOnly[i] = true;
        }
        if (page.shadow.isWritten(in, bytes)) {
            warp.report(Violation.Kind.READ_ONLY_WRITTEN, lane, address);
        }
    }

    private static void check(Warp warp, int lane, long address, long me, long race) {
        if (race != 0) {
            warp.report(Access.sameWarp(race, me) ? Violation.Kind.LANE_RACE : Violation.Kind.GLOBAL_RACE, lane,
                    address);
        }
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
