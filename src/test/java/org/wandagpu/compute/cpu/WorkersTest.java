package org.wandagpu.compute.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class WorkersTest {

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7})
    void everyTaskRunsExactlyOnce(int threads) {
        try (Workers workers = new Workers(threads)) {
            for (int tasks : new int[] {0, 1, 2, 5, 31, 32, 33, 1000, 65_537}) {
                AtomicIntegerArray runs = new AtomicIntegerArray(tasks);
                workers.run(tasks, runs::incrementAndGet);
                for (int task = 0; task < tasks; task++) {
                    assertThat(runs.get(task)).as("%d threads, %d tasks, task %d", threads, tasks, task).isEqualTo(1);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 4})
    void asManyTasksRunAtOnceAsThereAreThreads(int threads) {
        CyclicBarrier all = new CyclicBarrier(threads);
        var names = ConcurrentHashMap.newKeySet();
        try (Workers workers = new Workers(threads)) {
            assertThat(workers.count()).isEqualTo(threads);
            workers.run(threads, _ -> {
                meet(all);
                names.add(Thread.currentThread().getName());
            });
        }
        assertThat(names).hasSize(threads).contains(Thread.currentThread().getName());
    }

    private static void meet(CyclicBarrier barrier) {
        try {
            barrier.await(30, TimeUnit.SECONDS);
        } catch (InterruptedException | BrokenBarrierException | TimeoutException e) {
            throw new AssertionError("the tasks did not run at once", e);
        }
    }

    @Test
    void manyShortCallsInARowAllFinish() {
        AtomicLong sum = new AtomicLong();
        try (Workers workers = new Workers(3)) {
            for (int call = 0; call < 20_000; call++) {
                workers.run(4, sum::addAndGet);
            }
        }
        assertThat(sum.get()).isEqualTo(20_000 * (1 + 2 + 3));
    }

    @Test
    void threadsThatHaveParkedWorkAgain() throws InterruptedException {
        try (Workers workers = new Workers(2)) {
            for (int call = 0; call < 5; call++) {
                CyclicBarrier both = new CyclicBarrier(2);
                workers.run(2, _ -> meet(both));
                Thread.sleep(50);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void failureOfATaskReachesTheCallerAndLaterCallsWork(int threads) {
        try (Workers workers = new Workers(threads)) {
            AtomicInteger begun = new AtomicInteger();
            assertThatThrownBy(() -> workers.run(100_000, task -> {
                begun.incrementAndGet();
                if (task == 10) {
                    throw new IllegalStateException("task 10");
                }
            })).isInstanceOf(IllegalStateException.class).hasMessage("task 10");
            assertThat(begun.get()).isLessThan(100_000);
            AtomicInteger runs = new AtomicInteger();
            workers.run(50, _ -> runs.incrementAndGet());
            assertThat(runs.get()).isEqualTo(50);
        }
    }

    @Test
    void aHelpersErrorReachesTheCallerWhoWaits() {
        Thread caller = Thread.currentThread();
        CyclicBarrier both = new CyclicBarrier(2);
        try (Workers workers = new Workers(2)) {
            assertThatThrownBy(() -> workers.run(2, _ -> {
                meet(both);
                if (Thread.currentThread() != caller) {
                    throw new AssertionError("in a helper");
                }
            })).isInstanceOf(AssertionError.class).hasMessage("in a helper");
        }
    }

    @Test
    void closeEndsTheThreads() throws InterruptedException {
        var threads = ConcurrentHashMap.<Thread>newKeySet();
        CyclicBarrier all = new CyclicBarrier(3);
        try (Workers workers = new Workers(3)) {
            workers.run(3, _ -> {
                meet(all);
                threads.add(Thread.currentThread());
            });
        }
        threads.remove(Thread.currentThread());
        assertThat(threads).hasSize(2);
        for (Thread thread : threads) {
            thread.join(30_000);
            assertThat(thread.isAlive()).isFalse();
        }
    }

    @Test
    void aPoolWithoutThreadsIsRefused() {
        assertThatThrownBy(() -> new Workers(0)).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("at least one thread is needed: count=0");
    }
}
