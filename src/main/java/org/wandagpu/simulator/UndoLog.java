package org.wandagpu.simulator;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Pages of device memory as they were before a launch wrote to them, kept by the threads that are about to write. */
final class UndoLog {

    private record Old(Allocation allocation, int at, byte[] data, byte[] written) {
        void putBack() {
            System.arraycopy(data, 0, allocation.data, at, data.length);
            System.arraycopy(written, 0, allocation.written, at, written.length);
        }
    }

    private final Map<Long, Old> pages = new ConcurrentHashMap<>();

    /**
     * Keeps a page, to be called before the caller's first write to it. Of several threads the first one's copy counts:
     * none of them has written before it had a copy in here.
     */
    void keep(long page, int pageBytes, Allocation allocation) {
        if (pages.containsKey(page)) {
            return;
        }
        int from = (int) Math.max(0, page * pageBytes - allocation.base);
        int bytes = (int) Math.min(allocation.bytes, (page + 1) * pageBytes - allocation.base) - from;
        byte[] data = new byte[bytes];
        byte[] written = new byte[bytes];
        System.arraycopy(allocation.data, from, data, 0, bytes);
        System.arraycopy(allocation.written, from, written, 0, bytes);
        pages.putIfAbsent(page, new Old(allocation, from, data, written));
    }

    /** Makes the memory what it was; no thread may be writing any more. */
    void putBack() {
        pages.values().forEach(Old::putBack);
    }
}
