package org.wandagpu.simulator;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.invoke.MethodHandles;

/**
 * Applies a function of one, two or three values lane by lane. Every kind of function gets a copy of the loop's class:
 * in a common loop the compiler would see all of them, inline none and make a call for every lane.
 */
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

    /** Makes the instruction that applies a function to these rows, the target first. */
    private interface Loop {
        Operation over(Object function, int... rows);
    }

    private static final ClassValue<Loop> UNARY = copies(UnaryLoop.class);
    private static final ClassValue<Loop> BINARY = copies(BinaryLoop.class);
    private static final ClassValue<Loop> TERNARY = copies(TernaryLoop.class);

    private Elementwise() {
    }

    static Operation unary(Statement s, Unary function) {
        return UNARY.get(function.getClass()).over(function, s.row(0), s.row(1));
    }

    static Operation binary(Statement s, Binary function) {
        return BINARY.get(function.getClass()).over(function, s.row(0), s.row(1), s.row(2));
    }

    static Operation ternary(Statement s, Ternary function) {
        return TERNARY.get(function.getClass()).over(function, s.row(0), s.row(1), s.row(2), s.row(3));
    }

    private static ClassValue<Loop> copies(Class<? extends Loop> loop) {
        byte[] code = code(loop);
        return new ClassValue<>() {
            @Override
            protected Loop computeValue(Class<?> function) {
                try {
                    MethodHandles.Lookup copy = MethodHandles.lookup().defineHiddenClass(code, true,
                            MethodHandles.Lookup.ClassOption.NESTMATE);
                    return (Loop) copy.lookupClass().getDeclaredConstructor().newInstance();
                } catch (ReflectiveOperationException e) {
                    throw new IllegalStateException(e);
                }
            }
        };
    }

    private static byte[] code(Class<?> loop) {
        String file = loop.getName().substring(loop.getPackageName().length() + 1) + ".class";
        try (InputStream in = Elementwise.class.getResourceAsStream(file)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static final class UnaryLoop implements Loop {
        @Override
        public Operation over(Object f, int... rows) {
            Unary function = (Unary) f;
            int to = rows[0];
            int from = rows[1];
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
    }

    private static final class BinaryLoop implements Loop {
        @Override
        public Operation over(Object f, int... rows) {
            Binary function = (Binary) f;
            int to = rows[0];
            int first = rows[1];
            int second = rows[2];
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
    }

    private static final class TernaryLoop implements Loop {
        @Override
        public Operation over(Object f, int... rows) {
            Ternary function = (Ternary) f;
            int to = rows[0];
            int first = rows[1];
            int second = rows[2];
            int third = rows[3];
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
}
