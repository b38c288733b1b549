package org.wandagpu.simulator;

/** atom and red on shared and global memory, lane after lane. */
final class Atomics {

    private Atomics() {
    }

    static Operation atomic(Statement s) {
        Spaces.Space space = Spaces.of(s);
        String type = s.type();
        int bytes = Literals.bytes(type);
        boolean returns = s.root().equals("atom");
        int to = returns ? s.row(0) : -1;
        Operand address = s.operands().get(returns ? 1 : 0);
        int value = s.row(returns ? 2 : 1);
        boolean exchange = s.has("cas");
        int third = exchange ? s.row(returns ? 3 : 2) : value;
        Elementwise.Ternary function = function(s, type);
        return (warp, active) -> {
            long[] bases = warp.rows[address.row()];
            Memory memory = Spaces.memory(space, warp);
            Traffic.count(space, Traffic.Access.ATOMIC, warp, active, bases, address.offset(), bytes);
            for (int rest = active; rest != 0; rest &= rest - 1) {
                int lane = Integer.numberOfTrailingZeros(rest);
                long at = bases[lane] + address.offset();
                if (MemoryInstructions.misaligned(warp, lane, at, bytes)) {
                    continue;
                }
                long old = memory.read(warp, lane, at, bytes, true);
                long result = function.of(old, warp.rows[value][lane], warp.rows[third][lane]);
                memory.write(warp, lane, at, bytes, result, true);
                if (to >= 0) {
                    warp.rows[to][lane] = old;
                }
            }
        };
    }

    private static Elementwise.Ternary function(Statement s, String type) {
        if (s.has("cas")) {
            Elementwise.Unary x = Types.extend(type);
            return (old, b, c) -> x.of(old) == x.of(b) ? c : old;
        }
        if (s.has("exch")) {
            return (old, b, c) -> b;
        }
        if (s.has("and")) {
            return (old, b, c) -> old & b;
        }
        if (s.has("or")) {
            return (old, b, c) -> old | b;
        }
        if (s.has("xor")) {
            return (old, b, c) -> old ^ b;
        }
        if (s.has("add")) {
            return addition(type);
        }
        if (s.has("inc") || s.has("dec")) {
            return wrapping(s.has("inc"));
        }
        return extremum(s, type);
    }

    private static Elementwise.Ternary addition(String type) {
        if (type.endsWith("x2")) {
            String half = type.substring(0, type.length() - 2);
            return (old, b, c) -> sum(half, old, b) | sum(half, old >>> 16, b >>> 16) << 16;
        }
        return Types.isFloat(type) ? (old, b, c) -> sum(type, old, b) : (old, b, c) -> old + b;
    }

    private static long sum(String type, long a, long b) {
        return Types.fromDouble(type, Types.toDouble(type, a) + Types.toDouble(type, b));
    }

    private static Elementwise.Ternary wrapping(boolean up) {
        return (old, b, c) -> {
            long limit = b & 0xffffffffL;
            return up ? old >= limit ? 0 : old + 1 : old == 0 || old > limit ? limit : old - 1;
        };
    }

    private static Elementwise.Ternary extremum(Statement s, String type) {
        Elementwise.Unary x = Types.extend(type);
        long flip = Types.signed(type) ? 0 : Long.MIN_VALUE;
        if (s.has("min")) {
            return (old, b, c) -> (x.of(old) ^ flip) <= (x.of(b) ^ flip) ? old : b;
        }
        if (s.has("max")) {
            return (old, b, c) -> (x.of(old) ^ flip) >= (x.of(b) ^ flip) ? old : b;
        }
        throw new UnsupportedOperationException(s.opcode());
    }
}
