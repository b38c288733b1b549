package org.wandagpu.simulator;

/** Finds the memory of an instruction by its suffix; without one the address says. */
final class Spaces {

    private static final Memory PARAMETERS = new Memory() {
        @Override
        public long read(Warp warp, int lane, long address, int bytes, boolean strong) {
            byte[] parameters = warp.block.launch.parameters;
            return lies(warp, lane, address, bytes, parameters) ? Bytes.get(parameters, (int) address, bytes) : 0;
        }

        @Override
        public void write(Warp warp, int lane, long address, int bytes, long value, boolean strong) {
            warp.report(Violation.Kind.OUT_OF_BOUNDS, lane, address);
        }
    };

    private static final Memory GENERIC = new Memory() {
        @Override
        public long read(Warp warp, int lane, long address, int bytes, boolean strong) {
            long window = address & Moves.WINDOW_MASK;
            return behind(warp, window).read(warp, lane, address - window, bytes, strong);
        }

        @Override
        public void write(Warp warp, int lane, long address, int bytes, long value, boolean strong) {
            long window = address & Moves.WINDOW_MASK;
            behind(warp, window).write(warp, lane, address - window, bytes, value, strong);
        }

        private static Memory behind(Warp warp, long window) {
            return window == Moves.SHARED_WINDOW ? warp.block.shared
                    : window == Moves.LOCAL_WINDOW ? warp.local
                    : window == Moves.PARAMETER_WINDOW ? PARAMETERS : warp.block.launch.global;
        }
    };

    /** The memory spaces that an instruction can name. */
    enum Space { GLOBAL, SHARED, LOCAL, PARAM, GENERIC }

    private Spaces() {
    }

    static Space of(Statement s) {
        if (s.has("global") || s.has("const")) {
            return Space.GLOBAL;
        }
        return s.has("shared") || s.has("shared::cta") ? Space.SHARED
                : s.has("local") ? Space.LOCAL : s.has("param") || s.has("param::entry") ? Space.PARAM : Space.GENERIC;
    }

    static Memory memory(Space space, Warp warp) {
        return switch (space) {
            case GLOBAL -> warp.block.launch.global;
            case SHARED -> warp.block.shared;
            case LOCAL -> warp.local;
            case PARAM -> PARAMETERS;
            case GENERIC -> GENERIC;
        };
    }

    /** Whether these bytes are there; if not, reports it. */
    static boolean lies(Warp warp, int lane, long address, int bytes, byte[] memory) {
        boolean inside = address >= 0 && address + bytes <= memory.length;
        if (!inside) {
            warp.report(Violation.Kind.OUT_OF_BOUNDS, lane, address);
        }
        return inside;
    }
}
