package org.wandagpu.simulator;

/** A hash of all that decides what a warp does next, memory left aside. */
final class Fingerprint {

    private Fingerprint() {
    }

    /**
     * @param rows registers; constants among them do no harm
     * @param turn the counter whose lanes were last let before others
     */
    static long of(long[][] rows, int[] pcs, int live, int held, int turn) {
        long hash = mix(mix(mix(0, live), held), turn);
        for (int pc : pcs) {
            hash = mix(hash, pc);
        }
        for (long[] row : rows) {
            for (long value : row) {
                hash = mix(hash, value);
            }
        }
        return hash;
    }

    private static long mix(long hash, long value) {
        long mixed = (hash ^ value) * 0x9E3779B97F4A7C15L;
        return mixed ^ mixed >>> 29;
    }
}
