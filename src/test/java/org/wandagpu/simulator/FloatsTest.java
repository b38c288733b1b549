package org.wandagpu.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Random;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/** Roundings against exact numbers, halves against rules written out, functions against Java's. */
class FloatsTest {

    private static final int N = 64;
    private static final MathContext EXACT_ENOUGH = new MathContext(200, RoundingMode.DOWN);

    private final Ptx ptx = Ptx.resource("floats.ptx");
    private final Random random = new Random(7);

    private double[] values() {
        return random.doubles(N).map(u -> Math.exp(12 * u - 6) * (random.nextBoolean() ? 1 : -1)).toArray();
    }

    private float[] floats() {
        double[] values = values();
        float[] floats = new float[N];
        for (int i = 0; i < N; i++) {
            floats[i] = (float) values[i];
        }
        return floats;
    }

    @Test
    void singlesRoundWhereTheyAreTold() {
        float[] a = floats();
        float[] b = floats();
        float[] c = floats();
        long out = ptx.empty(7 * N);
        assertThat(ptx.launch("singles", 1, N, ptx.floats(a), ptx.floats(b), ptx.floats(c), out, N).violations())
                .isEmpty();
        float[] found = ptx.floats(out, 7 * N);
        for (int i = 0; i < N; i++) {
            BigDecimal[] exact = exact(a[i], b[i], c[i]);
            for (int k = 0; k < 7; k++) {
                float value = found[k * N + i];
                assertRounded(exact[k], k, value, Math.nextDown(value), Math.nextUp(value));
            }
        }
    }

    @Test
    void doublesRoundWhereTheyAreTold() {
        double[] a = values();
        double[] b = values();
        double[] c = values();
        long out = ptx.zeros(56 * N);
        assertThat(ptx.launch("doubles", 1, N, ptx.doubles(a), ptx.doubles(b), ptx.doubles(c), out, N).violations())
                .isEmpty();
        double[] found = ptx.doubles(out, 7 * N);
        for (int i = 0; i < N; i++) {
            BigDecimal[] exact = exact(a[i], b[i], c[i]);
            for (int k = 0; k < 7; k++) {
                double value = found[k * N + i];
                assertRounded(exact[k], k, value, Math.nextDown(value), Math.nextUp(value));
            }
        }
    }

    private static BigDecimal[] exact(double a, double b, double c) {
        BigDecimal x = new BigDecimal(a);
        BigDecimal y = new BigDecimal(b);
        return new BigDecimal[] {x.add(y), x.add(y), x.multiply(y), x.multiply(y).add(new BigDecimal(c)),
            x.divide(y, EXACT_ENOUGH), x.abs().sqrt(EXACT_ENOUGH), BigDecimal.ONE.divide(x, EXACT_ENOUGH)};
    }

    /** Between a value and its neighbour on the side that the rounding comes from lies the exact number. */
    private static void assertRounded(BigDecimal exact, int k, double value, double below, double above) {
        boolean zero = k == 0 || k == 3 || k == 6;
        boolean up = k == 1 || k == 4 || zero && exact.signum() < 0;
        BigDecimal rounded = new BigDecimal(value);
        if (up) {
            assertThat(rounded).as("result %d", k).isGreaterThanOrEqualTo(exact);
            assertThat(new BigDecimal(below)).as("result %d", k).isLessThan(exact);
        } else {
            assertThat(rounded).as("result %d", k).isLessThanOrEqualTo(exact);
            assertThat(new BigDecimal(above)).as("result %d", k).isGreaterThan(exact);
        }
    }

    @Test
    void functionsAreClose() {
        double[] a = values();
        double[] b = values();
        long out = ptx.zeros(15 * 8 * N);
        assertThat(ptx.launch("functions", 1, N, ptx.doubles(a), ptx.doubles(b), out, N).violations()).isEmpty();
        double[] found = ptx.doubles(out, 15 * N);
        for (int i = 0; i < N; i++) {
            double x = a[i];
            double y = b[i];
            double[] expected = {Math.exp(x / 10), Math.log(Math.abs(x)), Math.sin(x), Math.cos(x * 1e6),
                Math.pow(Math.abs(x), y / 100), Math.atan2(x, y), Math.cbrt(x), Math.tanh(x / 100), x % y,
                Math.hypot(x, y), Math.exp((float) x / 10), Math.log(Math.abs((float) x)), Math.sin((float) x),
                Math.pow(Math.abs((float) x), 0.3f), Math.atan2((float) x, (float) y)};
            for (int k = 0; k < 15; k++) {
                // CUDA's own bounds are at most 2 ulp in double and 4 in single precision
                double bound = (k < 10 ? 0x1p-50 : 0x1p-21) * Math.max(Math.abs(expected[k]), 0x1p-10);
                assertThat(found[k * N + i]).as("function %d of %s, %s", k, x, y)
                        .isCloseTo(expected[k], Offset.offset(bound));
            }
        }
    }

    @Test
    void halvesRoundOnce() {
        float[] a = floats();
        float[] b = floats();
        float[] c = floats();
        a[3] = Float.NaN;
        long out = ptx.empty(14 * N);
        assertThat(ptx.launch("halves", 1, N, ptx.floats(a), ptx.floats(b), ptx.floats(c), out, N).violations())
                .isEmpty();
        float[] found = ptx.floats(out, 14 * N);
        for (int i = 0; i < N; i++) {
            double x = half(a[i]);
            double y = half(b[i]);
            double z = half(c[i]);
            double fma = half(x * y + z);
            double[] expected = {half(x + y), half(x * y), fma, fma < 0 ? 0 : fma,
                x != x ? 0 : Math.clamp(half(x + y), 0, 1), x != x ? y : Math.max(x, y), Math.min(x, y), -x,
                Math.abs(x), half(Math.sqrt(Math.abs(x))), half(y * z + x), (x > y ? 1 : 0) + (y > z ? 2 : 0), x == x ? 1 : 0,
                Math.rint(x)};
            for (int k = 0; k < 14; k++) {
                double wanted = expected[k];
                assertThat(found[k * N + i]).as("result %d of %s, %s, %s: %s", k, x, y, z, wanted)
                        .matches(value -> value == wanted || value.isNaN() && wanted != wanted);
            }
        }
    }

    /** Sums and products of halves are exact in double, and 29 bits further on nothing decides a tie wrongly here. */
    private static double half(double value) {
        if (value != value || Math.abs(value) < 0x1p-14) {
            return Float.float16ToFloat(Float.floatToFloat16((float) value));
        }
        double unit = Math.scalb(1.0, Math.getExponent(value) - 10);
        return Math.rint(value / unit) * unit;
    }

    @Test
    void conversionsSaturateAndCut() {
        float[] a = floats();
        float[] hostile = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, 1e-40f, 1e19f, -1e19f, 3e9f,
            1.8446743e19f, -0.75f, 2.5f, 65519, 65520, 1.00390625f, 1.01171875f};
        System.arraycopy(hostile, 0, a, 0, hostile.length);
        long out = ptx.zeros(56 * N);
        assertThat(ptx.launch("conversions", 1, N, ptx.floats(a), out, N).violations()).isEmpty();
        long[] found = ptx.longs(out, 7 * N);
        for (int i = 0; i < N; i++) {
            float x = a[i];
            int bits = Float.floatToRawIntBits(x);
            float half = Float.float16ToFloat(Float.floatToFloat16(x));
            float cut = Math.abs(half) > Math.abs(x) ? half > 0 ? halfBelow(half) : -halfBelow(-half) : half;
            long[] expected = {clamp(x, 0, 64), clamp(Math.ceil(x), 1, 63), (int) Math.floor(x),
                clamp(Math.rint(x), 0, 32), x != x ? 0x7fff : Float.floatToFloat16(cut) & 0xffff,
                x != x ? 0x7fff : bits + 0x7fff + (bits >>> 16 & 1) >>> 16, x != x ? 0x7fff : bits >>> 16};
            for (int k = 0; k < 7; k++) {
                assertThat(found[k * N + i]).as("conversion %d of %s", k, x).isEqualTo(expected[k]);
            }
        }
    }

    private static float halfBelow(float half) {
        return Float.float16ToFloat((short) (Float.floatToFloat16(half) - 1));
    }

    /** Within 0 and 2^bits - 1, or with a sign from -2^bits. */
    private static long clamp(double value, int sign, int bits) {
        if (value != value) {
            return 0;
        }
        BigInteger limit = BigInteger.ONE.shiftLeft(bits);
        if (Double.isInfinite(value)) {
            return value > 0 ? limit.subtract(BigInteger.ONE).longValue() : sign == 0 ? 0 : limit.negate().longValue();
        }
        BigInteger whole = new BigDecimal(value).toBigInteger();
        return whole.max(sign == 0 ? BigInteger.ZERO : limit.negate()).min(limit.subtract(BigInteger.ONE)).longValue();
    }
}
