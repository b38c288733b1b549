package org.wandagpu.simulator;

/** A block's shared memory, with who touched it: two threads at one place, one of them writing, need an order. */
final class SharedMemory implements Memory {

    private final byte[] data;
    private final byte[] written;
    /** Asynchronous copies to each byte that nobody has waited for yet. */
    private final byte[] pending;
    private final Shadow shadow;
    private int pendingCopies;

    SharedMemory(int bytes) {
        data = new byte[bytes];
        written = new byte[bytes];
        pending = new byte[bytes];
        shadow = new Shadow(bytes);
    }

    @Override
    public long read(Warp warp, int lane, long address, int bytes, boolean strong) {
        if (outside(warp, lane, address, bytes)) {
            return 0;
        }
        int at = (int) address;
        if (pendingCopies > 0 && Bytes.get(pending, at, bytes) != 0) {
            warp.report(Violation.Kind.READ_BEFORE_WAIT, lane, address);
        } else if (Bytes.get(written, at, bytes) == 0) {
            warp.report(Violation.Kind.UNINITIALISED, lane, address);
        }
        if (strong) {
            warp.clock.listen(warp.block.messages, null, address);
        }
        long me = warp.clock.access(lane, strong);
        check(warp, lane, address, me, shadow.read(at, bytes, me, warp.clock));
        return Bytes.get(data, at, bytes);
    }

    /** As one access where both halves are there, which keeps the shadow of the word in one piece. */
    @Override
    public long readPair(Warp warp, int lane, long address) {
        boolean inside = address >= 0 && address + 4 <= data.length;
        return inside && Bytes.get(written, (int) address, 4) == Bytes.ones(4) ? read(warp, lane, address, 4, false)
                : Memory.super.readPair(warp, lane, address);
    }

    @Override
    public void write(Warp warp, int lane, long address, int bytes, long value, boolean strong) {
        if (outside(warp, lane, address, bytes)) {
            return;
        }
        int at = (int) address;
        boolean equal = Bytes.get(data, at, bytes) == (value & Bytes.ones(bytes));
        boolean same = equal && Bytes.get(written, at, bytes) == Bytes.ones(bytes);
        long me = warp.clock.access(lane, strong);
        check(warp, lane, address, me, shadow.write(at, bytes, me, warp.clock, same));
        if (pendingCopies > 0 && Bytes.get(pending, at, bytes) != 0) {
            warp.report(Violation.Kind.SHARED_RACE, lane, address);
        }
        if (strong) {
            warp.clock.tell(warp.block.messages, null, address);
        }
        warp.wrote(lane);
        if (!equal) {
            warp.block.launch.changed();
        }
        Bytes.put(data, at, bytes, value);
        Bytes.put(written, at, bytes, -1);
    }

    private static void check(Warp warp, int lane, long address, long me, long race) {
        if (race != 0) {
            warp.report(Access.sameWarp(race, me) ? Violation.Kind.LANE_RACE : Violation.Kind.SHARED_RACE, lane,
                    address);
        }
    }

    private boolean outside(Warp warp, int lane, long address, int bytes) {
        boolean outside = address < 0 || address + bytes > data.length;
        if (outside) {
            warp.report(Violation.Kind.OUT_OF_BOUNDS, lane, address);
        }
        return outside;
    }

    /** An asynchronous copy to these bytes begins: nobody may read them, and nobody may still be reading them. */
    void beginCopy(Warp warp, int lane, long address, int bytes) {
        if (!outside(warp, lane, address, bytes)) {
            long me = warp.clock.access(lane, false);
            for (int at = (int) address; at < address + bytes; at++) {
                pending[at]++;
                if (at % 4 == 0) {
                    check(warp, lane, at, me, shadow.write(at, 4, me, warp.clock, false));
                }
            }
            pendingCopies++;
        }
    }

    void endCopy(Warp warp, int lane, long address, byte[] content) {
        if (address < 0 || address + content.length > data.length) {
            return;
        }
        for (int i = 0; i < content.length; i++) {
            pending[(int) address + i]--;
        }
        pendingCopies--;
        for (int i = 0; i < content.length; i += 4) {
            write(warp, lane, address + i, 4, Bytes.get(content, i, 4), false);
        }
    }
}
