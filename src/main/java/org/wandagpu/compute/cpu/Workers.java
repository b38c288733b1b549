package org.wandagpu.compute.cpu;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;

/**
 * A fixed pool of threads that share numbered tasks; the calling thread works along.
 *
 * <p>Tasks are claimed in order, so a slow thread takes fewer. Which thread runs a task is not fixed, hence a task must
 * write only what belongs to it and sum in an order of its own. A call waits until all tasks are done. One thread calls
 * at a time, and no task may call.
 *
 * <p>A thread with nothing to do spins for less than a millisecond before it parks: operations follow each other within
 * microseconds, and waking a parked thread takes fifty of them.
 */
final class Workers implements AutoCloseable {

    private static final int SPINS_BEFORE_PARKING = 20_000;

    /** A thread's share is claimed in so many pieces: one claim for many small tasks, none left alone at the end. */
    private static final int CLAIMS_OF_A_SHARE = 16;

    private final Thread[] helpers;
    private volatile Job job;
    private volatile boolean closed;

    private static final class Job {
        private final int tasks;
        private final int claim;
        private final IntConsumer body;
        private final Thread caller = Thread.currentThread();
        private final AtomicInteger next = new AtomicInteger();
        private final AtomicInteger unfinished;
        private final AtomicReference<Throwable> failure = new AtomicReference<>();

        Job(int tasks, int claim, IntConsumer body) {
            this.tasks = tasks;
            this.claim = claim;
            this.body = body;
            this.unfinished = new AtomicInteger(tasks);
        }

        void work() {
            for (int first = next.getAndAdd(claim); first < tasks; first = next.getAndAdd(claim)) {
                int end = Math.min(tasks, first + claim);
                try {
                    for (int task = first; task < end && failure.get() == null; task++) {
                        body.accept(task);
                    }
                } catch (Throwable e) {
                    failure.compareAndSet(null, e);
                } finally {
                    if (unfinished.addAndGet(first - end) == 0 && Thread.currentThread() != caller) {
                        LockSupport.unpark(caller);
                    }
                }
            }
        }

        boolean isDone() {
            return unfinished.get() == 0;
        }
    }

    /** @param count number of threads that compute, the calling one included; at least 1 */
    Workers(int count) {
        if (count < 1) {
            throw new IllegalArgumentException("at least one thread is needed: count=" + count);
        }
        helpers = new Thread[count - 1];
        for (int i = 0; i < helpers.length; i++) {
            helpers[i] = Thread.ofPlatform().daemon().name("wanda-cpu-" + (i + 1)).start(this::help);
        }
    }

    /** Number of threads that compute, the calling one included. */
    int count() {
        return helpers.length + 1;
    }

    /**
     * Runs {@code body} for 0 … tasks − 1 and returns when all are done. After a failure the tasks that have not begun
     * are left out.
     *
     * @throws RuntimeException the first failure of a task; errors likewise
     */
    void run(int tasks, IntConsumer body) {
        if (tasks <= 1 || helpers.length == 0) {
            for (int task = 0; task < tasks; task++) {
                body.accept(task);
            }
            return;
        }
        int claim = Math.max(1, tasks / (count() * CLAIMS_OF_A_SHARE));
        Job current = new Job(tasks, claim, body);
        job = current;
        for (Thread helper : helpers) {
            LockSupport.unpark(helper);
        }
        current.work();
        for (int spins = 0; !current.isDone(); spins++) {
            waitALittle(spins);
        }
        job = null;
        rethrow(current.failure.get());
    }

    private void waitALittle(int spins) {
        if (spins < SPINS_BEFORE_PARKING) {
            Thread.onSpinWait();
        } else {
            LockSupport.park(this);
        }
    }

    private static void rethrow(Throwable failure) {
        switch (failure) {
            case null -> { }
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            default -> throw new IllegalStateException(failure);
        }
    }

    private void help() {
        Job done = null;
        int spins = 0;
        while (!closed) {
            Job current = job;
            if (current != null && current != done) {
                current.work();
                done = current;
                spins = 0;
            } else {
                waitALittle(spins++);
            }
        }
    }

    /** Ends the threads; tasks that run are finished first. */
    @Override
    public void close() {
        closed = true;
        for (Thread helper : helpers) {
            LockSupport.unpark(helper);
        }
    }
}
