package org.wandagpu.model;

/** The number of decoder blocks, with a bound that keeps a damaged file from allocating without end. */
final class Blocks {

    private static final int MOST = 10_000;

    private Blocks() {
    }

    static int count(Config c, String... keys) {
        int count = c.size(keys);
        if (count > MOST) {
            throw c.bad(keys[0] + " is " + count, "a model has at most " + MOST + " blocks");
        }
        return count;
    }
}
