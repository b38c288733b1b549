package org.wandagpu.text;

/**
 * The numbers of Python's {@code random} module after {@code random.seed(seed)}: a Mersenne Twister MT19937 whose seed
 * goes in as an array of 32-bit words (reference-semantics §10), so that calibration draws equal the published ones.
 *
 * @see <a href="https://doi.org/10.1145/272991.272995">Matsumoto and Nishimura, Mersenne Twister, 1998</a>
 */
public final class PythonRandom {

    private static final int SIZE = 624;
    private static final int SHIFT = 397;
    private static final int TWIST = 0x9908b0df;

    private final int[] state = new int[SIZE];
    private int next = SIZE;

    /** @param seed any value; like Python, its sign is ignored */
    public PythonRandom(long seed) {
        long magnitude = Math.abs(seed); // 2^63 for the smallest long, read as unsigned below
        int high = (int) (magnitude >>> 32);
        seedWith(high == 0 ? new int[] {(int) magnitude} : new int[] {(int) magnitude, high});
    }

    /** The authors' seeding by an array: every word of the key reaches every word of the state. */
    private void seedWith(int[] key) {
        state[0] = 19650218;
        for (int i = 1; i < SIZE; i++) {
            state[i] = 1812433253 * mixed(i - 1) + i;
        }
        int i = 1;
        for (int step = 0; step < SIZE; step++) {
            int word = step % key.length;
            state[i] = (state[i] ^ mixed(i - 1) * 1664525) + key[word] + word;
            i = following(i);
        }
        for (int step = 0; step < SIZE - 1; step++) {
            state[i] = (state[i] ^ mixed(i - 1) * 1566083941) - i;
            i = following(i);
        }
        state[0] = 0x80000000;
    }

    private int mixed(int i) {
        return state[i] ^ (state[i] >>> 30);
    }

    /** The next index while seeding: word 0 only ever carries the last one over. */
    private int following(int i) {
        if (i + 1 < SIZE) {
            return i + 1;
        }
        state[0] = state[SIZE - 1];
        return 1;
    }

    /** The generator's next 32 bits, {@code random.getrandbits(32)}. */
    public int getrandbits32() {
        if (next == SIZE) {
            renew();
        }
        int word = state[next++];
        word ^= word >>> 11;
        word ^= (word << 7) & 0x9d2c5680;
        word ^= (word << 15) & 0xefc60000;
        return word ^ (word >>> 18);
    }

    private void renew() {
        for (int i = 0; i < SIZE; i++) {
            int joined = (state[i] & 0x80000000) | (state[(i + 1) % SIZE] & 0x7fffffff);
            state[i] = state[(i + SHIFT) % SIZE] ^ (joined >>> 1) ^ ((joined & 1) * TWIST);
        }
        next = 0;
    }

    /**
     * A number below {@code n}, {@code random.randrange(n)}: the top bits of words, as many as {@code n} has, until
     * they are below {@code n}.
     *
     * @param n at least 1
     * @throws IllegalArgumentException if {@code n} is less
     */
    public int randbelow(int n) {
        if (n < 1) {
            throw new IllegalArgumentException("no number is below n: n=" + n);
        }
        int unused = Integer.numberOfLeadingZeros(n);
        int value;
        do {
            value = getrandbits32() >>> unused;
        } while (value >= n);
        return value;
    }

    /**
     * A number from {@code low} to {@code high}, both included, {@code random.randint(low, high)}.
     *
     * @throws IllegalArgumentException if {@code high} is below {@code low}
     * @throws ArithmeticException if there are more than 2^31 − 1 numbers to choose from
     */
    public int randint(int low, int high) {
        return low + randbelow(Math.addExact(Math.subtractExact(high, low), 1));
    }
}
