package org.wandagpu.simulator;

import java.util.ArrayDeque;
import java.util.Deque;

/** Work of a stream that nothing has waited for yet. */
final class WorkQueue {

    private final Deque<Runnable> pending = new ArrayDeque<>();

    void add(Runnable work) {
        pending.add(work);
    }

    /** Does all of it; what follows a failure is dropped. */
    void finish() {
        try {
            while (!pending.isEmpty()) {
                pending.remove().run();
            }
        } finally {
            pending.clear();
        }
    }
}
