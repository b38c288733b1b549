package org.wandagpu.simulator;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * Runs the blocks of a launch on several threads as if they had nothing to do with each other. If they turn out to
 * have, one having written what another has touched, or if there is anything to report, memory is put back and the
 * launch is left to one thread. So results, counters and reports are those of one thread.
 */
final class SideBySide {

    private static final ExecutorService THREADS = Executors.newCachedThreadPool(
            Thread.ofPlatform().daemon().name("wanda-simulator-", 0).factory());

    private final Supplier<Launch> part;
    private final int blocks;
    private final AtomicInteger started = new AtomicInteger();
    private final AtomicBoolean stopped = new AtomicBoolean();

    /** @param part makes a launch that runs some of the blocks; all parts have one {@link UndoLog} */
    private SideBySide(Supplier<Launch> part, int blocks) {
        this.part = part;
        this.blocks = blocks;
    }

    /** Whether nothing in a kernel tells one block of another: no atomics, messages or calls, and no clock. */
    static boolean suits(List<Statement> statements, Rows rows) {
        return statements.stream().allMatch(SideBySide::keepsToItself) && rows.specials().keySet().stream().noneMatch(
                name -> name.startsWith("%clock") || name.equals("%globaltimer") || name.startsWith("%envreg"));
    }

    private static boolean keepsToItself(Statement s) {
        boolean ofTheBlock = s.has("shared") || s.has("shared::cta");
        return switch (s.root()) {
            case "atom", "red" -> ofTheBlock;
            case "ld", "st" -> ofTheBlock || !MemoryInstructions.strong(s);
            case "call", "trap", "brkpt" -> false;
            default -> true;
        };
    }

    /**
     * Runs all blocks.
     *
     * @param threads the calling one included
     * @return nothing if one thread must do it; memory is then as it was
     */
    static Optional<LaunchReport> run(Supplier<Launch> part, UndoLog undo, int blocks, int threads) {
        Optional<LaunchReport> report = new SideBySide(part, blocks).run(Math.min(threads, blocks));
        if (report.isEmpty()) {
            undo.putBack();
        }
        return report;
    }

    private Optional<LaunchReport> run(int threads) {
        List<CompletableFuture<Launch>> others = new ArrayList<>();
        for (int i = 1; i < threads; i++) {
            others.add(CompletableFuture.supplyAsync(this::runPart, THREADS));
        }
        Launch whole = null;
        try {
            whole = runPart();
        } catch (RuntimeException | Error e) {
            stopped.set(true); // one thread will meet it again, or not where memory was short for several
        }
        for (CompletableFuture<Launch> other : others) {
            try {
                Launch also = other.join();
                if (!stopped.get() && !whole.join(also)) {
                    stopped.set(true);
                }
            } catch (CompletionException e) {
                stopped.set(true);
            }
        }
        return stopped.get() ? Optional.empty() : Optional.of(whole.report());
    }

    private Launch runPart() {
        Launch launch = part.get();
        try {
            for (int block = started.getAndIncrement(); block < blocks; block = started.getAndIncrement()) {
                if (stopped.get() || !launch.runAlone(block)) {
                    stopped.set(true);
                    break;
                }
            }
            return launch;
        } catch (RuntimeException | Error e) {
            stopped.set(true);
            throw e;
        }
    }
}
