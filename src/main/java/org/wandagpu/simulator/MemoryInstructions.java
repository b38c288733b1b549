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
        boolean readOnly = s.has("nc");
        Traffic.Access access = readOnly ? Traffic.Access.READ_ONLY_LOAD : Traffic.Access.LOAD;
        return (warp, active) -> {
            long[] bases = warp.rows[address.row()];
            Memory memory = Spaces.memory(space, warp);
            Traffic.count(space, access, warp, active, bases, address.offset(), bytes * to.length);
            for (int rest = active; rest != 0; rest &= rest - 1) {
                int lane = Integer.numberOfTrailingZeros(rest);
                long at = bases[lane] + address.offset();
                if (misaligned(warp, lane, at, bytes * to.length)) {
                    continue;
                }
                for (int i = 0; i < to.length; i++) {
                    if (readOnly) {
                        warp.block.launch.global.promiseReadOnly(warp, lane, at + i * bytes, bytes);
                    }
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
            Traffic.count(space, Traffic.Access.STORE, warp, active, bases, address.offset(), bytes * from.length);
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

    static boolean strong(Statement s) {
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
