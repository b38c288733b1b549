package org.wandagpu.simulator;

import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Device memory during one launch, with who touched what of it. */
final class GlobalMemory implements Memory {

    private static final int PAGE_BITS = 12;
    private static final int PAGE = 1 << PAGE_BITS;

    private static final int SECTOR_BITS = 5;
    private static final int SECTORS = PAGE >>> SECTOR_BITS;

    /** Who touched a page; which 32-byte sectors of it were read and written; which bytes were read as never written. */
    private static final class Page {
        final Shadow shadow = new Shadow(PAGE);
        final BitSet read = new BitSet(SECTORS);
        final BitSet written = new BitSet(SECTORS);
        boolean[] readOnly;
        boolean kept;

        /** Adds what other blocks did. Returns whether neither wrote what the other touched. */
        boolean join(Page other) {
            boolean apart = written.isEmpty() && other.written.isEmpty() || !shadow.meets(other.shadow);
            read.or(other.read);
            written.or(other.written);
            return apart;
        }
    }

    private final DeviceMemory memory;
    private final Launch launch;
    private final UndoLog undo;
    private final Map<Long, Page> pages = new HashMap<>();
    private Allocation lastAllocation;
    private Page lastPage;
    private long lastNumber = -1;
    private final Map<Allocation, long[]> requested = new HashMap<>();

    /** @param undo null if nothing need be put back */
    GlobalMemory(DeviceMemory memory, Launch launch, UndoLog undo) {
        this.memory = memory;
        this.launch = launch;
        this.undo = undo;
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
        int in = (int) address & PAGE - 1;
        Page page = page(address);
        page.read.set(in >>> SECTOR_BITS);
        long me = warp.clock.access(lane, strong);
        check(warp, lane, address, me, page.shadow.read(in, bytes, me, warp.clock));
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
        if (undo != null && !page.kept) {
            undo.keep(address >>> PAGE_BITS, PAGE, to);
            page.kept = true;
        }
        page.written.set(in >>> SECTOR_BITS);
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
        warp.wrote(lane);
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
        return lastPage;
    }

    /** A warp asked for so many sectors, the first at {@code address}. */
    void requested(long address, int sectors) {
        Allocation at = lastAllocation != null && lastAllocation.contains(address, 1) ? lastAllocation
                : memory.before(address);
        if (at != null) {
            requested.computeIfAbsent(at, first -> new long[1])[0] += sectors;
        }
    }

    /** Adds what other blocks did. Returns whether neither wrote what the other touched. */
    boolean join(GlobalMemory other) {
        other.requested.forEach((allocation, sectors) ->
                requested.computeIfAbsent(allocation, first -> new long[1])[0] += sectors[0]);
        boolean apart = true;
        for (Map.Entry<Long, Page> entry : other.pages.entrySet()) {
            Page mine = pages.putIfAbsent(entry.getKey(), entry.getValue());
            apart &= mine == null || mine.join(entry.getValue());
        }
        return apart;
    }

    /** What became of each allocation that was touched. */
    List<BufferTraffic> buffers() {
        Map<Long, BufferTraffic> byAddress = new TreeMap<>();
        requested.forEach((allocation, sectors) -> byAddress.put(allocation.base,
                new BufferTraffic(allocation.base, allocation.bytes, sectors[0], 0, 0)));
        pages.forEach((number, page) -> {
            Allocation of = memory.before((number << PAGE_BITS) + PAGE - 1);
            if (of != null) {
                byAddress.computeIfPresent(of.base, (base, sum) -> sum.plus(page.read.cardinality(),
                        page.written.cardinality()));
            }
        });
        return List.copyOf(byAddress.values());
    }
}
