package org.wandagpu.checkpoint.hub;

import java.time.Duration;
import java.time.Instant;

/** Time as the retries see it, so that tests need not wait. */
interface Pauses {

    /** The wall clock, to which a {@code Retry-After} date refers; it may jump. */
    Instant now();

    /** Waits. */
    void sleep(Duration duration) throws InterruptedException;

    /** The machine's own clock. */
    static Pauses real() {
        return new Pauses() {
            @Override
            public Instant now() {
                return Instant.now();
            }

            @Override
            public void sleep(Duration duration) throws InterruptedException {
                Thread.sleep(duration);
            }
        };
    }
}
