package org.wandagpu.simulator;

/** Per block and warp the time up to which its accesses are known to be over. Immutable. */
final class Knowledge {

    static final Knowledge NOTHING = new Knowledge(0, new int[0][]);

    /** The block of the first row: rows of the few blocks that are known lie close together. */
    private final int first;
    private final int[][] times;

    private Knowledge(int first, int[][] times) {
        this.first = first;
        this.times = times;
    }

    static Knowledge of(int block, int[] row) {
        return new Knowledge(block, new int[][] {row});
    }

    /** The times of a block's warps, null where nothing is known. */
    int[] of(int block) {
        return block < first || block >= first + times.length ? null : times[block - first];
    }

    boolean covers(int block, int warp, int time) {
        int[] row = of(block);
        return row != null && time <= row[warp];
    }

    Knowledge join(Knowledge other) {
        if (other == this || includes(other)) {
            return this;
        }
        if (times.length == 0) {
            return other;
        }
        int start = Math.min(first, other.first);
        int end = Math.max(first + times.length, other.first + other.times.length);
        int[][] joined = new int[end - start][];
        System.arraycopy(times, 0, joined, first - start, times.length);
        for (int i = 0; i < other.times.length; i++) {
            int at = other.first - start + i;
            joined[at] = latest(joined[at], other.times[i]);
        }
        return new Knowledge(start, joined);
    }

    /** Whether nothing in the other is news: most of what is told over and over. */
    private boolean includes(Knowledge other) {
        for (int i = 0; i < other.times.length; i++) {
            int[] mine = of(other.first + i);
            int[] theirs = other.times[i];
            for (int j = 0; theirs != mine && theirs != null && j < theirs.length; j++) {
                if (mine == null || mine[j] < theirs[j]) {
                    return false;
                }
            }
        }
        return true;
    }

    private static int[] latest(int[] a, int[] b) {
        if (a == b || b == null) {
            return a;
        }
        if (a == null) {
            return b;
        }
        int[] latest = a.clone();
        raise(latest, b);
        return latest;
    }

    /** Raises times to those of another row where they are later. */
    static void raise(int[] times, int[] others) {
        for (int i = 0; i < times.length; i++) {
            times[i] = Math.max(times[i], others[i]);
        }
    }
}
