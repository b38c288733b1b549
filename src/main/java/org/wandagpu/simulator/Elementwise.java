package org.wandagpu.simulator;

/** Applies a function of one, two or three values lane by lane. */
final class Elementwise {

    /** A function of one register. */
    @FunctionalInterface
    interface Unary {
        long of(long a);
    }

    /** A function of two registers. */
    @FunctionalInterface
    interface Binary {
        long of(long a, long b);
    }

    /** A function of three registers. */
    @FunctionalInterface
    interface Ternary {
        long of(long a, long b, long c);
    }

    private Elementwise() {
    }

    static Operation unary(Statement s, Unary function) {
        int to = s.row(0);
        int from = s.row(1);
        return (warp, active) -> {
            long[] d = warp.rows[to];
            long[] a = warp.rows[from];
            for (int lane = 0; lane < Warp.LANES; lane++) {
                if ((active >>> lane & 1) != 0) {
                    d[lane] = function.of(a[lane]);
                }
            }
        };
    }

    static Operation binary(Statement s, Binary function) {
        int to = s.row(0);
        int first = s.row(1);
        int second = s.row(2);
        return (warp, active) -> {
            long[] d = warp.rows[to];
            long[] a = warp.rows[first];
            long[] b = warp.rows[second];
            for (int lane = 0; lane < Warp.LANES; lane++) {
                if ((active >>> lane & 1) != 0) {
                    d[lane] = function.of(a[lane], b[lane]);
                }
            }
        };
    }

    static Operation ternary(Statement s, Ternary function) {
        int to = s.row(0);
        int first = s.row(1);
        int second = s.row(2);
        int third = s.row(3);
        return (warp, active) -> {
            long[] d = warp.rows[to];
            long[] a = warp.rows[first];
            long[] b = warp.rows[second];
            long[] c = warp.rows[third];
            for (int lane = 0; lane < Warp.LANES; lane++) {
                if ((active >>> lane & 1) != 0) {
                    d[lane] = function.of(a[lane], b[lane], c[lane]);
                }
            }
        };
    }
}
