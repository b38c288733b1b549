package org.wandagpu.simulator;

/**
 * Additions, subtractions and multiply-adds that set or use the carry flag, which is a register as any other here. A
 * subtraction is the addition of the complement and 1, and its flag is what that carries: nvcc's division of 128 bits
 * reads it with addc after subc.cc.
 */
final class Carries {

    private Carries() {
    }

    static boolean uses(Statement s) {
        return s.has("cc") || s.root().equals("addc") || s.root().equals("subc") || s.root().equals("madc");
    }

    /** @param flag the row of the carry flag */
    static Operation decode(Statement s, int flag) {
        boolean multiplies = s.root().startsWith("mad");
        boolean subtracts = s.root().startsWith("sub");
        boolean uses = s.root().endsWith("c");
        boolean sets = s.has("cc");
        String type = s.type();
        long ones = Bytes.ones(Literals.bytes(type));
        Elementwise.Binary first = multiplies ? Arithmetic.product(s) : (a, b) -> a;
        int[] r = {s.row(0), s.row(1), s.row(2), multiplies ? s.row(3) : s.row(2)};
        return (warp, active) -> {
            long[][] rows = warp.rows;
            for (int rest = active; rest != 0; rest &= rest - 1) {
                int lane = Integer.numberOfTrailingZeros(rest);
                long a = first.of(rows[r[1]][lane], rows[r[2]][lane]) & ones;
                long b = (subtracts ? ~rows[r[3]][lane] : rows[r[3]][lane]) & ones;
                long in = uses ? rows[flag][lane] : subtracts ? 1 : 0;
                long sum = a + b & ones;
                long result = sum + in & ones;
                if (sets) {
                    rows[flag][lane] = Long.compareUnsigned(sum, a) < 0 || Long.compareUnsigned(result, sum) < 0
                            ? 1 : 0;
                }
                rows[r[0]][lane] = result;
            }
        };
    }
}
