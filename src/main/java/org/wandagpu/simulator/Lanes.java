package org.wandagpu.simulator;

import java.util.Arrays;

/**
 * The program counters of a warp's lanes. The lanes at the smallest one run until they meet the next ones: joins lie
 * behind both arms in compiled code, so this reconverges without knowledge of the control flow. Lanes at an instruction
 * that names others are held until those come. Where the first lanes keep others waiting for long, as in a loop that
 * waits for one of them, the others get a turn.
 */
final class Lanes {

    /** Instructions after which lanes that could run are no longer passed over. */
    private static final int PATIENCE = 2_000;
    private static final int TURN = 1_000;
    /** Instructions without a change of memory after which a warp is suspected of going round in circles. */
    private static final int QUIET = 8_192;
    /** Rounds of a loop after which registers must come back to what they were: pollers need one or two. */
    private static final int PROBED_STEPS = 64;

    private final Warp warp;
    private final Launch launch;
    private final Operation[] operations;
    private final int[] targets;
    private final int[] guards;
    /** Per lane the highest instruction that has written memory since the last barrier, -1 for none. */
    private final int[] farthestWrite = new int[Warp.LANES];
    private final int[] pcs = new int[Warp.LANES];
    private final int existing;
    private int live;
    private int held;
    private int pc;
    private int current;
    private int lastTurn = -1;
    private int passedOver;
    private long executed;
    private long quiet;
    /** How long a quiet warp is trusted: twice as long each time that it was suspected and proved honest. */
    private long trust = QUIET;
    private boolean probing;
    private boolean spins;

    Lanes(Warp warp, int existing) {
        this.warp = warp;
        this.launch = warp.block.launch;
        this.operations = launch.kernel.operations();
        this.targets = launch.kernel.targets();
        this.guards = launch.guards;
        this.existing = existing;
        this.live = existing;
        Arrays.fill(pcs, launch.kernel.entry());
    }

    void run(int instructions) {
        long end = executed + instructions;
        spins = spins && goesInCircles();
        while (live != 0 && !warp.waiting() && executed < end && !spins) {
            long start = executed;
            long changes = launch.changes();
            step(false, (int) Math.min(end - executed, QUIET));
            quiet = changes == launch.changes() ? quiet + executed - start : 0;
            if (quiet > trust) {
                quiet = 0;
                spins = goesInCircles();
                trust = spins ? QUIET : 2 * trust;
            }
        }
        if (executed > launch.schedule.warpInstructions()) {
            warp.reportHanging();
            warp.block.abandon();
        }
    }

    /** Whether registers come back to what they were while nothing changes in memory: then only others can help. */
    private boolean goesInCircles() {
        long changes = launch.changes();
        long seen = fingerprint();
        int next = 1;
        probing = true;
        boolean same = false;
        for (int i = 1; !same && i <= PROBED_STEPS && warp.canRun() && changes == launch.changes(); i++) {
            step(true, TURN);
            long now = fingerprint();
            same = now == seen;
            if (i == next) { // Brent: a loop of any length is found once the mark lies in it
                seen = now;
                next *= 2;
            }
        }
        probing = false;
        return same && changes == launch.changes();
    }

    private long fingerprint() {
        return Fingerprint.of(warp.rows, pcs, live, held, lastTurn);
    }

    private void step(boolean fair, int most) {
        int runnable = live & ~held;
        if (runnable == 0) {
            forceHeld();
            return;
        }
        int first = next(runnable, -1);
        int mask = at(first);
        if ((runnable & ~mask) == 0) {
            passedOver = 0;
        } else if (fair || passedOver > PATIENCE) {
            passedOver = 0;
            int later = next(runnable, lastTurn);
            first = later == Integer.MAX_VALUE ? first : later;
            lastTurn = first;
            mask = at(first);
            most = Math.min(most, TURN);
        }
        held &= ~mask;
        long before = executed;
        runGroup(mask, first, next(live, first), most);
        passedOver += (int) (executed - before);
    }

    /** The smallest counter of these lanes above another one. */
    private int next(int lanes, int above) {
        int next = Integer.MAX_VALUE;
        for (int rest = lanes; rest != 0; rest &= rest - 1) {
            int at = pcs[Integer.numberOfTrailingZeros(rest)];
            next = at > above && at < next ? at : next;
        }
        return next;
    }

    private int at(int place) {
        int mask = 0;
        for (int rest = live; rest != 0; rest &= rest - 1) {
            int lane = Integer.numberOfTrailingZeros(rest);
            mask |= pcs[lane] == place ? 1 << lane : 0;
        }
        return mask;
    }

    private void runGroup(int mask, int first, int limit, int most) {
        Counters counters = launch.counters;
        int at = first;
        int count = 0;
        current = Integer.numberOfTrailingZeros(mask);
        for (int row : launch.clockRows) { // goes on from group to group: a loop that waits for a time gets there
            Arrays.fill(warp.rows[row], launch.clock());
        }
        while (at < limit && count < most) {
            count++;
            pc = at;
            int active = active(mask, at);
            int target = targets[at];
            counters.executed(at, active);
            if (active == 0) {
                at++;
            } else if (target == Decoder.PLAIN || target == Decoder.COLLECTIVE && active == live) {
                operations[at].run(warp, active);
                at++;
            } else if (target >= 0 && active == mask) {
                at = target;
                if (probing && target <= pc) {
                    break;
                }
            } else {
                ran(count);
                control(mask, active, at);
                return;
            }
        }
        ran(count);
        moveTo(mask, at);
    }

    private void ran(int count) {
        executed += count;
        launch.advanceClock(count);
    }

    private void control(int mask, int active, int at) {
        int target = targets[at];
        moveTo(mask, at + 1);
        if (target >= 0) {
            launch.counters.divergentBranch();
            moveTo(active, target);
        } else if (target == Decoder.EXIT) {
            live &= ~active;
            launch.changed();
            if (live == 0) {
                warp.block.barriers.openFull();
            }
        } else if (target == Decoder.JUMP) {
            operations[at].run(warp, active);
        } else if (((target == Decoder.BARRIER ? live : live & launch.members(warp, at, active)) & ~active) == 0) {
            operations[at].run(warp, active);
        } else {
            moveTo(active, at);
            held |= active;
        }
    }

    /** All lanes are held: those that some of them wait for will not come. */
    private void forceHeld() {
        pc = next(live, -1);
        int active = at(pc);
        current = Integer.numberOfTrailingZeros(active);
        held &= ~active;
        if (targets[pc] == Decoder.COLLECTIVE) {
            moveTo(active, pc + 1);
            operations[pc].run(warp, active);
        } else if (active == live) {
            moveTo(active, pc + 1);
            operations[pc].run(warp, active);
        } else {
            warp.report(Violation.Kind.BARRIER_NOT_REACHED, Integer.numberOfTrailingZeros(live & ~active), 0);
            warp.block.abandon();
            live = 0;
        }
    }

    /** A lane writes memory. */
    void wrote(int lane) {
        farthestWrite[lane] = Math.max(farthestWrite[lane], pc);
    }

    void passedBarrier() {
        Arrays.fill(farthestWrite, -1);
    }

    /** Lanes that have ended, and have written memory behind an instruction since their last barrier. */
    int endedBehind(int place) {
        int lanes = 0;
        for (int rest = existing & ~live; rest != 0; rest &= rest - 1) {
            int lane = Integer.numberOfTrailingZeros(rest);
            lanes |= farthestWrite[lane] > place ? 1 << lane : 0;
        }
        return lanes;
    }

    private void moveTo(int lanes, int target) {
        if (lanes == -1) {
            Arrays.fill(pcs, target);
            return;
        }
        for (int rest = lanes; rest != 0; rest &= rest - 1) {
            pcs[Integer.numberOfTrailingZeros(rest)] = target;
        }
    }

    private int active(int mask, int at) {
        int guard = guards[at];
        if (guard == 0) {
            return mask;
        }
        if (warp.undefined != null && (warp.undefined[Math.abs(guard) - 1] & mask) != 0) {
            warp.report(Violation.Kind.UNINITIALISED,
                    Integer.numberOfTrailingZeros(warp.undefined[Math.abs(guard) - 1] & mask), 0);
        }
        return guard > 0 ? mask & warp.bits(guard - 1) : mask & ~warp.bits(-guard - 1);
    }

    /** A lane goes on elsewhere than behind the instruction that runs. */
    void jump(int lane, int target) {
        pcs[lane] = target;
    }

    /** No lane goes on. */
    void stop() {
        live = 0;
    }

    int live() {
        return live;
    }

    int existing() {
        return existing;
    }

    /** Index of the instruction that runs, or ran last. */
    int pc() {
        return pc;
    }

    /** A lane that runs it. */
    int current() {
        return current;
    }

    boolean spins() {
        return spins;
    }
}
