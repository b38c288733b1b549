package org.wandagpu.simulator;

/**
 * A block's shared memory. Per byte it keeps who last wrote and read it since the last barrier: two warps at one byte,
 * one of them writing, is a race.
 */
final class SharedMemory implements Memory {

    private static final int EPOCH_BITS = 7;
    private static final int STRONG = 1 << 6;
    private static final int MANY = 63;

    private final byte[] data;
    private final byte[] written;
    private final byte[] pending;
    private final int[] writer;
    private final int[] reader;
    private int epoch = 1;

    SharedMemory(int bytes) {
        data = new byte[bytes];
        written = new byte[bytes];
        pending = new byte[bytes];
        writer = new int[bytes];
        reader = new int[bytes];
    }

    void nextEpoch() {
        epoch++;
    }

    @Override
    public long read(Warp warp, int lane, long address, int bytes, boolean strong) {
        if (outside(warp, lane, address, bytes)) {
            return 0;
        }
        int at = (int) address;
        if (Bytes.get(pending, at, bytes) != 0) {
            warp.report(Violation.Kind.READ_BEFORE_WAIT, lane, address);
        } else if (Bytes.get(written, at, bytes) != Bytes.ones(bytes)) {
            warp.report(Violation.Kind.UNINITIALISED, lane, address);
        }
        int me = epoch << EPOCH_BITS | (strong ? STRONG : 0) | warp.index;
        for (int i = at; i < at + bytes; i++) {
            if (conflict(writer[i], me)) {
                warp.report(Violation.Kind.SHARED_RACE, lane, address);
            }
            boolean shares = reader[i] >>> EPOCH_BITS == epoch && (reader[i] & MANY) != warp.index;
            reader[i] = shares ? epoch << EPOCH_BITS | MANY | reader[i] & me & STRONG
                    : reader[i] >>> EPOCH_BITS == epoch ? me & (reader[i] | ~STRONG) : me;
        }
        return Bytes.get(data, at, bytes);
    }

    @Override
    public void write(Warp warp, int lane, long address, int bytes, long value, boolean strong) {
        if (outside(warp, lane, address, bytes)) {
            return;
        }
        int at = (int) address;
        boolean same = Bytes.get(written, at, bytes) == Bytes.ones(bytes)
                && Bytes.get(data, at, bytes) == (value & Bytes.ones(bytes));
        if (!same) {
            checkWrite(warp, lane, at, bytes, strong);
        }
        for (int i = at; i < at + bytes; i++) {
            writer[i] = epoch << EPOCH_BITS | (strong ? STRONG : 0) | warp.index;
        }
        Bytes.put(data, at, bytes, value);
        Bytes.put(written, at, bytes, -1);
    }

    private void checkWrite(Warp warp, int lane, int at, int bytes, boolean strong) {
        int me = epoch << EPOCH_BITS | (strong ? STRONG : 0) | warp.index;
        for (int i = at; i < at + bytes; i++) {
            if (conflict(writer[i], me) || conflict(reader[i], me)) {
                warp.report(Violation.Kind.SHARED_RACE, lane, at);
            }
        }
    }

    private boolean conflict(int other, int me) {
        return other >>> EPOCH_BITS == epoch && (other & MANY) != (me & MANY) && (other & me & STRONG) == 0;
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
            checkWrite(warp, lane, (int) address, bytes, false);
            for (int i = (int) address; i < address + bytes; i++) {
                pending[i]++;
            }
        }
    }

    void endCopy(Warp warp, int lane, long address, byte[] content) {
        if (address < 0 || address + content.length > data.length) {
            return;
        }
        for (int i = 0; i < content.length; i++) {
            pending[(int) address + i]--;
            write(warp, lane, address + i, 1, content[i], false);
        }
    }
}
