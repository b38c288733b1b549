package org.wandagpu.simulator;

/** ld and st: every space, vectors, any cache hint. */
final class MemoryInstructions {

    private MemoryInstructions() {
    }

    static Operation load(Statement s) {
        Spaces.Space space = Spaces.of(s);
        int bytes = Literals.bytes(s.type());
        boolean signed = Types.signed(s.type());
        Elementwise.Unary extend = signed ? Types.extend(s.type()) : a -> a;
        int[] to = s.operands().get(0).rows();
        Operand address = s.operands().get(1);
        boolean strong = strong(s);
        return (warp, active) -> {
            long[] bases = warp.rows[address.row()];
            Memory memory = Spaces.memory(space, warp);
            Traffic.count(space, warp, active, bases, address.offset(), bytes * to.length);
            for (int rest = active; rest != 0; rest &= rest - 1) {
                int lane = Integer.numberOfTrailingZeros(rest);
                long at = bases[lane] + address.offset();
                if (misaligned(warp, lane, at, bytes * to.length)) {
                    continue;
                }
                for (int i = 0; i < to.length; i++) {
                    long value = extend.of(memory.read(warp, lane, at + i * bytes, bytes, strong));
                    if (to[i] >= 0) {
                        warp.rows[to[i]][lane] = value;
                    }
                }
            }
        };
    }

    static Operation store(Statement s) {
        Spaces.Space space = Spaces.of(s);
        int bytes = Literals.bytes(s.type());
        Operand address = s.operands().get(0);
        int[] from = s.operands().get(1).rows();
        boolean strong = strong(s);
        return (warp, active) -> {
            long[] bases = warp.rows[address.row()];
            Memory memory = Spaces.memory(space, warp);
            Traffic.count(space, warp, active, bases, address.offset(), bytes * from.length);
            if (space != Spaces.Space.LOCAL) {
                checkLanes(warp, active, bases, from, bytes);
            }
            for (int rest = active; rest != 0; rest &= rest - 1) {
                int lane = Integer.numberOfTrailingZeros(rest);
                long at = bases[lane] + address.offset();
                if (misaligned(warp, lane, at, bytes * from.length)) {
                    continue;
                }
                for (int i = 0; i < from.length; i++) {
                    memory.write(warp, lane, at + i * bytes, bytes, warp.rows[from[i]][lane], strong);
                }
            }
        };
    }

    /** Which of two lanes wins that store different values to one place is not defined. Rising addresses are clear. */
    private static void checkLanes(Warp warp, int active, long[] bases, int[] from, int bytes) {
        long highest = Long.MIN_VALUE;
        for (int rest = active; rest != 0; rest &= rest - 1) {
            int lane = Integer.numberOfTrailingZeros(rest);
            if ((bases[lane] & Moves.WINDOW_MASK) == Moves.LOCAL_WINDOW) {
                continue;
            }
            if (bases[lane] > highest) {
                highest = bases[lane];
                continue;
            }
            for (int others = active & (1 << lane) - 1; others != 0; others &= others - 1) {
                int other = Integer.numberOfTrailingZeros(others);
                if (bases[other] == bases[lane] && differ(warp, lane, other, from, bytes)) {
                    warp.report(Violation.Kind.LANE_RACE, lane, bases[lane]);
                }
            }
        }
    }

    private static boolean differ(Warp warp, int lane, int other, int[] from, int bytes) {
        for (int row : from) {
            if (((warp.rows[row][lane] ^ warp.rows[row][other]) & Bytes.ones(bytes)) != 0) {
                return true;
            }
        }
        return false;
    }

    private static boolean strong(Statement s) {
        return s.has("volatile") || s.has("relaxed") || s.has("acquire") || s.has("release");
    }

    /** Vectors must be aligned as a whole. */
    static boolean misaligned(Warp warp, int lane, long address, int bytes) {
        boolean misaligned = (address & bytes - 1) != 0;
        if (misaligned) {
            warp.report(Violation.Kind.MISALIGNED, lane, address);
        }
        return misaligned;
    }
}
