package org.wandagpu.schedule;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/** Wall time by phase of a run. */
public final class PhaseClock {

    private final Map<String, Long> nanos = new LinkedHashMap<>();
    private final long start = System.nanoTime();

    /** Runs work and books its time to a phase. */
    public void time(String phase, Runnable work) {
        get(phase, () -> {
            work.run();
            return null;
        });
    }

    /** Runs work that gives something and books its time to a phase. */
    public <T> T get(String phase, Supplier<T> work) {
        long begin = System.nanoTime();
        try {
            return work.get();
        } finally {
            nanos.merge(phase, System.nanoTime() - begin, Long::sum);
        }
    }

    /** Seconds by phase in order of first use, after {@code total}. */
    public Map<String, Double> seconds() {
        Map<String, Double> seconds = new LinkedHashMap<>();
        seconds.put("total", (System.nanoTime() - start) / 1e9);
        nanos.forEach((phase, value) -> seconds.put(phase, value / 1e9));
        return seconds;
    }
}
