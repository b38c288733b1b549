package org.wandagpu.simulator;

/**
 * What a warp knows of the past of others: the vector clock of race detectors, one time a warp. A warp's time moves
 * on where it tells others of itself (barrier, fence, __syncwarp); an access at a time that the reader knows is over
 * before it. Lanes of the warp know each other up to {@code known[warp]}, and some of them further by {@code pairs}.
 */
final class Clock {

    private final int block;
    private final int warp;
    private final int[] known;
    /** Per lane what it knows of each other lane, null before the first __syncwarp of a part of the warp. */
    private int[][] pairs;
    private Knowledge others = Knowledge.NOTHING;
    /** What the last fence lets strong writes tell: in the block, and everywhere. Null without a fence. */
    private Knowledge released;
    private Knowledge releasedWidely;
    private int now = 1;
    private long stamp;

    Clock(long block, int warp, int warps) {
        this.block = Access.block(Access.stamp(block, warp, 0));
        this.warp = warp;
        this.known = new int[warps];
        this.stamp = Access.stamp(block, warp, now);
    }

    long access(int lane, boolean strong) {
        return Access.of(stamp, lane, strong);
    }

    private void tick() {
        now = Math.min(now + 1, Access.LATEST_TIME);
        stamp = Access.stamp(block, warp, now);
    }

    /** Whether a past access may meet this one: because it is over, or because both are strong. */
    boolean allows(long past, long me) {
        return Access.bothStrong(past, me) || knows(past, me);
    }

    /** Whether a past access is over before this one. */
    boolean knows(long past, long me) {
        if (Access.sameThread(past, me)) {
            return true;
        }
        int time = Access.time(past);
        if (!Access.sameBlock(past, me)) {
            return others.covers(Access.block(past), Access.warp(past), time);
        }
        return time <= known[Access.warp(past)]
                || pairs != null && Access.sameWarp(past, me)
                && time <= pairs[Access.lane(me)][Access.lane(past)];
    }

    /** All lanes of the warp have met. */
    void meet() {
        known[warp] = now;
        tick();
    }

    /** Some lanes of the warp have met, and tell each other what they know of the rest. */
    void meet(int lanes) {
        if (pairs == null) {
            pairs = new int[Warp.LANES][Warp.LANES];
        }
        int[] joined = new int[Warp.LANES];
        for (int lane = 0; lane < Warp.LANES; lane++) {
            for (int rest = lanes; rest != 0; rest &= rest - 1) {
                joined[lane] = Math.max(joined[lane], pairs[Integer.numberOfTrailingZeros(rest)][lane]);
            }
            joined[lane] = (lanes >>> lane & 1) != 0 ? now : joined[lane];
        }
        for (int rest = lanes; rest != 0; rest &= rest - 1) {
            pairs[Integer.numberOfTrailingZeros(rest)] = joined;
        }
        tick();
    }

    /** At a barrier the lanes meet; whoever learns the row knows that what came before is over. */
    void arrive(int[] row) {
        meet();
        Knowledge.raise(row, known);
    }

    Knowledge others() {
        return others;
    }

    void learn(int[] row, Knowledge ofOthers) {
        Knowledge.raise(known, row);
        others = others.join(ofOthers);
    }

    /** A fence: later strong writes tell of what came before it. */
    void fence(boolean wide) {
        int[] row = known.clone();
        row[warp] = now;
        released = others.join(Knowledge.of(block, row));
        releasedWidely = wide ? released : releasedWidely;
        tick();
    }

    /** A strong write: whoever reads it strongly learns what the writer's last fence covered. */
    void tell(Messages inBlock, Messages everywhere, long address) {
        if (releasedWidely != null && everywhere != null) {
            everywhere.add(address, releasedWidely);
        }
        if (released != null) {
            inBlock.add(address, released);
        }
    }

    void listen(Messages inBlock, Messages everywhere, long address) {
        learn(inBlock.at(address));
        if (everywhere != null) {
            learn(everywhere.at(address));
        }
    }

    private void learn(Knowledge news) {
        int[] row = news.of(block);
        if (row != null) {
            Knowledge.raise(known, row);
        }
        others = others.join(news);
    }
}
