package org.wandagpu.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Atomics whose result does not depend on their order. */
class AtomicsTest {

    private static final int BLOCKS = 4;
    private static final int THREADS = 96;
    private static final int N = BLOCKS * THREADS;
    private static final int SUM = N * (N - 1) / 2;

    @Test
    void allOperationsOnAllTypes() {
        Ptx ptx = Ptx.resource("atomics.ptx");
        int[] ints = new int[12];
        ints[4] = -1;
        long i = ptx.ints(ints);
        long u = ptx.ints(0, 0, -1, 0);
        long l = ptx.longs(0, 0, 0, 0, 0);
        long f = ptx.floats(0f, 0f);
        long d = ptx.doubles(0.0, 0.0);
        long h = ptx.ints(0);
        assertThat(ptx.launch("atomics", BLOCKS, THREADS, i, u, l, f, d, h).violations()).isEmpty();
        int xor = IntStream.range(0, N).map(t -> 7 * t).reduce(0, (a, b) -> a ^ b);
        assertThat(ptx.ints(i, 12)).containsExactly(SUM, -SUM, 5 - (N - 1), 3 * (N - 1), 0, -1, xor, 42, N / 2, SUM,
                N - 1, N / 2);
        assertThat(ptx.ints(u, 4)).containsExactly(N % 10, (7 - N % 7) % 7, -N, 0x80000000 + N - 1);
        assertThat(ptx.longs(l, 5)).containsExactly((long) SUM << 30, 1L - N, -1, -1, 3L * N);
        assertThat(ptx.floats(f, 2)).containsExactly(0.5f * SUM, N);
        assertThat(ptx.doubles(d, 2)).containsExactly(0.25 * SUM, 0.5 * N);
        assertThat(ptx.ints(h, 1)).containsExactly(
                Float.floatToFloat16(N) & 0xffff | Float.floatToFloat16(2 * N) << 16);
    }
}
