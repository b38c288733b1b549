package org.wandagpu.compute.cpu;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;

/**
 * A fixed pool of threads that share numbered tasks; the calling thread works along.
 *
 * <p>Tasks are claimed in order from one counter, so a slow thread takes fewer. Which thread runs a task is not
 * fixed, hence a task must write only what belongs to it and sum in an order of its own. A call waits until all tasks
 * are done; an idle thread spins shortly before it parks, because operations follow each other within microseconds.
 */
final class Workers implements AutoCloseable {

    private static final int SPINS_BEFORE_PARKING = 20_000;

    private final Thread[] helpers;
    private volatile Job job;
    private volatile boolean closed;

    private static final class Job {
        final int tasks;
        final IntConsumer body;
        final AtomicInteger next = new AtomicInteger();
        final AtomicInteger unfinished;
        volatile Throwable failure;

        Job(int tasks, IntConsumer body) {
            this.tasks = tasks;
            this.body = body;
            this.unfinished = new AtomicInteger(tasks);
        }

        void work() {
            for (int task = next.getAndIncrement(); task < tasks; task = next.getAndIncrement()) {
                try {
                    if (failure == null) {
                        body.accept(task);
                    }
                } catch (Throwable e) {
                    failure = e;
                } finally {
                    unfinished.decrementAndGet();
                }
            }
        }
    }

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

    /** Runs {@code body} for 0 … tasks − 1 and returns when all are done; rethrows the first failure. */
    void run(int tasks, IntConsumer body) {
        if (tasks <= 1 || helpers.length == 0) {
            for (int task = 0; task < tasks; task++) {
                body.accept(task);
            }
            return;
        }
        Job current = new Job(tasks, body);
        job = current;
        for (Thread helper : helpers) {
            LockSupport.unpark(helper);
        }
        current.work();
        while (current.unfinished.get() > 0) {
            Thread.onSpinWait();
        }
        job = null;
        rethrow(current.failure);
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
            } else if (spins < SPINS_BEFORE_PARKING) {
                spins++;
                Thread.onSpinWait();
            } else {
                LockSupport.park(this);
                spins = 0;
            }
        }
    }

    @Override
    public void close() {
        closed = true;
        for (Thread helper : helpers) {
            LockSupport.unpark(helper);
        }
    }
}
