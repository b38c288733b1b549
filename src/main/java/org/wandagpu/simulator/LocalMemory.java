package org.wandagpu.simulator;

/** The local memory of a warp's lanes, each with its own. */
final class LocalMemory implements Memory {

    private final byte[][] data;

    LocalMemory(int bytes) {
        data = new byte[Warp.LANES][bytes];
    }

    @Override
    public long read(Warp warp, int lane, long address, int bytes, boolean strong) {
        return Spaces.lies(warp, lane, address, bytes, data[lane]) ? Bytes.get(data[lane], (int) address, bytes) : 0;
    }

    @Override
    public void write(Warp warp, int lane, long address, int bytes, long value, boolean strong) {
        if (Spaces.lies(warp, lane, address, bytes, data[lane])) {
            if (Bytes.get(data[lane], (int) address, bytes) != (value & Bytes.ones(bytes))) {
                warp.block.launch.changed();
            }
            Bytes.put(data[lane], (int) address, bytes, value);
        }
    }
}
