package org.wandagpu.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Integer intrinsics against big numbers and loops over bits. */
class IntegersTest {

    private static final int N = 64;
    private static final long[] CORNERS = {0, 1, 2, 31, 32, 33, 63, 64, 0x7f, 0x80, 0xff00, 0x7fffffff, 0x80000000L,
        0xffffffffL, Long.MAX_VALUE, Long.MIN_VALUE, -1, -2};

    private final Ptx ptx = Ptx.resource("integers.ptx");
    private final Random random = new Random(5);

    private long[] values() {
        long[] values = random.longs(N).toArray();
        for (int i = 0; i < CORNERS.length; i++) {
            values[random.nextInt(N)] = CORNERS[i];
        }
        return values;
    }

    private static int[] cut(long[] values) {
        int[] cut = new int[values.length];
        for (int i = 0; i < cut.length; i++) {
            cut[i] = (int) values[i];
        }
        return cut;
    }

    @Test
    void words() {
        int[] a = cut(values());
        int[] b = cut(values());
        int[] c = cut(values());
        long out = ptx.empty(13 * N);
        assertThat(ptx.launch("words", 1, N, ptx.ints(a), ptx.ints(b), ptx.ints(c), out, N).violations()).isEmpty();
        int[] found = ptx.ints(out, 13 * N);
        for (int i = 0; i < N; i++) {
            int[] expected = expected(a[i], b[i], c[i]);
            for (int k = 0; k < expected.length; k++) {
                assertThat(found[k * N + i]).as("result %d of %x, %x, %x", k, a[i], b[i], c[i]).isEqualTo(expected[k]);
            }
        }
    }

    private static int[] expected(int x, int y, int z) {
        long ux = x & 0xffffffffL;
        long uy = y & 0xffffffffL;
        long uz = z & 0xffffffffL;
        BigInteger pair = BigInteger.valueOf(uy).shiftLeft(32).or(BigInteger.valueOf(ux));
        int bytes = 0;
        int dot = z;
        int differences = 0;
        for (int i = 0; i < 4; i++) {
            bytes |= (pair.shiftRight(8 * (z >>> 4 * i & 7)).intValue() & 0xff) << 8 * i;
            dot += (byte) (x >> 8 * i) * (byte) (y >> 8 * i);
            differences |= Math.abs((x >>> 8 * i & 0xff) - (y >>> 8 * i & 0xff)) << 8 * i;
        }
        return new int[] {(int) (ux * uy >>> 32), (int) ((long) x * y >> 32), (int) ((ux & 0xffffff) * (uy & 0xffffff)),
            (x << 8 >> 8) * (y << 8 >> 8), (int) (Math.abs(ux - uy) + uz), (int) (Math.abs((long) x - y) + uz),
            pair.shiftLeft(z & 31).shiftRight(32).intValue(), pair.shiftRight((int) Math.min(uz, 32)).intValue(), bytes,
            dot, (int) (uz + (x & 0xffff) * (y >>> 16 & 0xff) + (x >>> 16) * (y >>> 24)), differences,
            findBit(x, y & 31, (int) (uz % 9) - 4)};
    }

    private static int findBit(int mask, int start, int wanted) {
        if (wanted == 0) {
            return (mask >>> start & 1) != 0 ? start : -1;
        }
        int left = Math.abs(wanted);
        for (int at = start; at >= 0 && at < 32; at += Integer.signum(wanted)) {
            left -= mask >>> at & 1;
            if (left == 0) {
                return at;
            }
        }
        return -1;
    }

    @Test
    void longs() {
        long[] a = values();
        long[] b = values();
        long out = ptx.zeros(64 * N);
        assertThat(ptx.launch("longs", 1, N, ptx.longs(a), ptx.longs(b), out, N).violations()).isEmpty();
        long[] found = ptx.longs(out, 8 * N);
        for (int i = 0; i < N; i++) {
            BigInteger x = unsigned(a[i]);
            BigInteger y = unsigned(b[i]);
            long[] expected = {x.multiply(y).shiftRight(64).longValue(),
                BigInteger.valueOf(a[i]).multiply(BigInteger.valueOf(b[i])).shiftRight(64).longValue(),
                Long.reverse(a[i]), 64 - x.bitLength(), x.bitCount(), a[i] == 0 ? 0 : x.getLowestSetBit() + 1,
                b[i] == 0 ? 0 : x.divide(y).longValue(), b[i] == 0 ? 0 : x.mod(y).longValue()};
            for (int k = 0; k < expected.length; k++) {
                assertThat(found[k * N + i]).as("result %d of %x, %x", k, a[i], b[i]).isEqualTo(expected[k]);
            }
        }
    }

    @Test
    void numbersOf128BitsCarryAndDivide() {
        long[] a = values();
        long[] b = values();
        long[] c = values();
        long out = ptx.zeros(32 * N);
        assertThat(ptx.launch("wide", 1, N, ptx.longs(a), ptx.longs(b), ptx.longs(c), out, N).violations()).isEmpty();
        long[] found = ptx.longs(out, 4 * N);
        for (int i = 0; i < N; i++) {
            BigInteger x = unsigned(a[i]).multiply(unsigned(b[i])).add(unsigned(c[i]).shiftLeft(64)).add(unsigned(a[i]))
                    .subtract(unsigned(b[i]).shiftLeft(64)).subtract(unsigned(c[i]))
                    .mod(BigInteger.ONE.shiftLeft(128));
            BigInteger by = unsigned(c[i]).and(BigInteger.valueOf(0xffff)).shiftLeft(64)
                    .or(unsigned(a[i])).or(BigInteger.ONE);
            assertThat(pair(found, 2 * i)).isEqualTo(x);
            assertThat(pair(found, 2 * N + 2 * i)).isEqualTo(x.divide(by));
        }
    }

    private static BigInteger pair(long[] words, int at) {
        return unsigned(words[at + 1]).shiftLeft(64).or(unsigned(words[at]));
    }

    private static BigInteger unsigned(long value) {
        return new BigInteger(Long.toUnsignedString(value));
    }
}
