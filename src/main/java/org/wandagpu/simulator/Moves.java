package org.wandagpu.simulator;

/** mov with packing and unpacking, selp, and addresses between a space and generic. */
final class Moves {

    /** Generic addresses of shared and of local memory are these plus the offset. */
    static final long SHARED_WINDOW = 0x0001_0000_0000_0000L;
    static final long LOCAL_WINDOW = 0x0002_0000_0000_0000L;
    static final long PARAMETER_WINDOW = 0x0003_0000_0000_0000L;
    static final long WINDOW_MASK = 0xffff_0000_0000_0000L;

    private Moves() {
    }

    static Operation move(Statement s) {
        Operand to = s.operands().get(0);
        Operand from = s.operands().get(1);
        int bits = s.type().equals("pred") ? 64 : 8 * Literals.bytes(s.type());
        if (to.kind() == Operand.Kind.VECTOR) {
            return unpack(to.rows(), from.row(), bits);
        }
        if (from.kind() == Operand.Kind.VECTOR) {
            return pack(to.row(), from.rows(), bits);
        }
        if (from.row() < 0 || to.row() < 0) {
            throw new UnsupportedOperationException(s.opcode());
        }
        return Elementwise.unary(s, s.type().equals("pred") ? a -> a != 0 ? 1 : 0 : a -> a);
    }

    private static Operation unpack(int[] to, int from, int bits) {
        int each = bits / to.length;
        return (warp, active) -> {
            for (int rest = active; rest != 0; rest &= rest - 1) {
                int lane = Integer.numberOfTrailingZeros(rest);
                long value = warp.rows[from][lane];
                for (int i = 0; i < to.length; i++) {
                    if (to[i] >= 0) {
                        warp.rows[to[i]][lane] = value >>> i * each & Bytes.ones(each / 8);
                    }
                }
            }
        };
    }

    private static Operation pack(int to, int[] from, int bits) {
        int each = bits / from.length;
        return (warp, active) -> {
            for (int rest = active; rest != 0; rest &= rest - 1) {
                int lane = Integer.numberOfTrailingZeros(rest);
                long value = 0;
                for (int i = 0; i < from.length; i++) {
                    value |= (warp.rows[from[i]][lane] & Bytes.ones(each / 8)) << i * each;
                }
                warp.rows[to][lane] = value;
            }
        };
    }

    static Operation cvta(Statement s) {
        long window = window(s);
        return Elementwise.unary(s, s.has("to") ? a -> a - window : a -> a + window);
    }

    private static long window(Statement s) {
        return switch (Spaces.of(s)) {
            case SHARED -> SHARED_WINDOW;
            case LOCAL -> LOCAL_WINDOW;
            case PARAM -> PARAMETER_WINDOW;
            default -> 0;
        };
    }

    /** Constants lie in global memory here, where nothing tells them apart. */
    static Operation isInSpace(Statement s) {
        long window = window(s);
        boolean none = s.has("const");
        return Elementwise.unary(s, a -> !none && (a & WINDOW_MASK) == window ? 1 : 0);
    }

    /** Cache hints change nothing here. */
    static Operation createPolicy(Statement s) {
        int to = s.row(0);
        return (warp, active) -> {
            for (int rest = active; rest != 0; rest &= rest - 1) {
                warp.rows[to][Integer.numberOfTrailingZeros(rest)] = 0;
            }
        };
    }

    static Operation selectBySign(Statement s) {
        boolean real = Types.isFloat(s.type());
        return Elementwise.ternary(s, (a, b, c) -> (real ? Types.f32(c) >= 0 : (int) c >= 0) ? a : b);
    }

    static Operation select(Statement s) {
        return Elementwise.ternary(s, (a, b, p) -> p != 0 ? a : b);
    }
}
