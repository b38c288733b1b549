package org.wandagpu.simulator;

import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/** Draws what a {@link Schedule} leaves open, for one launch. */
final class Turns {

    private static final int QUANTUM = 50_000;
    private static final int SHORT = 2_000;
    private static final int ROUNDS = 16;
    private static final int BLOCKS_AT_ONCE = 8;

    private final Schedule schedule;
    private final Random random;
    private final int[] blocks;

    Turns(Schedule schedule, int blockCount) {
        this.schedule = schedule;
        this.random = new Random(schedule.seed());
        this.blocks = schedule.shuffled() ? shuffled(blockCount) : null;
    }

    private int[] shuffled(int count) {
        int[] order = IntStream.range(0, count).toArray();
        for (int i = count - 1; i > 0; i--) {
            int other = random.nextInt(i + 1);
            int swapped = order[i];
            order[i] = order[other];
            order[other] = swapped;
        }
        return order;
    }

    /** The block that starts as number {@code position}. */
    int block(int position) {
        return blocks == null ? position : blocks[position];
    }

    /** How many blocks run side by side even if none waits for another. */
    int blocksAtOnce() {
        return schedule.shuffled() ? 1 + random.nextInt(BLOCKS_AT_ONCE) : 1;
    }

    /** Rounds over its warps after which a block lets another one run. */
    int rounds() {
        return schedule.shuffled() ? 1 + random.nextInt(ROUNDS) : ROUNDS;
    }

    void order(List<Warp> warps) {
        if (schedule.shuffled()) {
            Collections.shuffle(warps, random);
        }
    }

    /** Instructions that a warp may run before the next one gets its turn. */
    int instructions() {
        return schedule.shuffled() ? 1 + random.nextInt(SHORT) : QUANTUM;
    }
}
