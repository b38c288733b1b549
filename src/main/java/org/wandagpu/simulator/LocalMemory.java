package org.wandagpu.simulator;

import java.util.Arrays;

/** The local memory of a warp's lanes, each with its own. */
final class LocalMemory implements Memory {

    private static final byte[][] NONE = new byte[Warp.LANES][0];

    private final byte[][] data;
    private final byte[][] written;

    LocalMemory(int bytes) {
        data = bytes == 0 ? NONE.clone() : new byte[Warp.LANES][bytes];
        written = bytes == 0 ? NONE.clone() : new byte[Warp.LANES][bytes];
    }

    /** Makes a lane's memory at least so long. */
    void reserve(int lane, int bytes) {
        if (data[lane].length < bytes) {
            int length = Math.max(bytes, 2 * data[lane].length);
            data[lane] = Arrays.copyOf(data[lane], length);
            written[lane] = Arrays.copyOf(written[lane], length);
        }
    }

    @Override
    public long read(Warp warp, int lane, long address, int bytes, boolean strong) {
        return Spaces.lies(warp, lane, address, bytes, data[lane]) ? Bytes.get(data[lane], (int) address, bytes) : 0;
    }

    @Override
    public void write(Warp warp, int lane, long address, int bytes, long value, boolean strong) {
        if (Spaces.lies(warp, lane, address, bytes, data[lane])) {
            int at = (int) address;
            if (Bytes.get(data[lane], at, bytes) != (value & Bytes.ones(bytes))) {
                warp.block.launch.changed();
            }
            Bytes.put(data[lane], at, bytes, value);
            Bytes.put(written[lane], at, bytes, -1);
        }
    }

    /** The lanes for which a load finds nothing that was ever written. */
    int unwritten(Warp warp, int lanes, Statement load) {
        Operand address = load.operands().get(1);
        int bytes = Literals.bytes(load.type()) * load.operands().get(0).rows().length;
        int unwritten = 0;
        for (int rest = lanes; rest != 0; rest &= rest - 1) {
            int lane = Integer.numberOfTrailingZeros(rest);
            long at = warp.rows[address.row()][lane] + address.offset();
            boolean any = at < 0 || at + bytes > data[lane].length;
            for (int i = 0; !any && i < bytes; i++) {
                any = written[lane][(int) at + i] != 0;
            }
            unwritten |= any ? 0 : 1 << lane;
        }
        return unwritten;
    }
}
