package org.wandagpu.checkpoint.hub;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import org.wandagpu.failure.InterruptedWorkException;
import org.wandagpu.failure.WorkFailedException;

/** Counts the failures in a row of one piece of work, and waits longer after each. */
final class Retries {

    /** Waits of 1, 2, 4, 8 and 8 seconds: most hiccups of a network are shorter. */
    static final int USUAL = 5;

    private static final int WHERE_UNREACHABLE = 1;
    private static final Duration LONGEST_STEP = Duration.ofSeconds(8);
    // A server may ask for more, and a date may lie anywhere once the clock has jumped.
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(5);

    private final String what;
    private final int limit;
    private final Pauses pauses;
    private final DownloadListener listener;
    private int failures;

    /**
     * @param what the work, as the start of a message
     * @param limit how often to try again
     */
    Retries(String what, int limit, Pauses pauses, DownloadListener listener) {
        this.what = what;
        this.limit = limit;
        this.pauses = pauses;
        this.listener = listener;
    }

    /** Something was won: earlier failures no longer count. */
    void progressed() {
        failures = 0;
    }

    /**
     * Waits for the next attempt.
     *
     * @throws WorkFailedException if this was one failure too many
     */
    void failed(NetworkFailure failure) {
        int most = failure.isUnreachable() ? Math.min(limit, WHERE_UNREACHABLE) : limit;
        if (failures >= most) {
            throw new WorkFailedException(what + ": " + failure.getMessage()
                    + (failures == 0 ? "" : ", also when tried again (" + failures + ")")
                    + "; check the network and run the same command again", failure);
        }
        Duration wait = waitAfter(failure);
        failures++;
        listener.notice(what + ": " + failure.getMessage() + "; trying again in " + seconds(wait) + " s");
        try {
            pauses.sleep(wait);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedWorkException(what + ": interrupted; the same command goes on from here", e);
        }
    }

    private Duration waitAfter(NetworkFailure failure) {
        Duration step = Duration.ofSeconds(1L << Math.min(failures, 3));
        Duration own = step.compareTo(LONGEST_STEP) < 0 ? step : LONGEST_STEP;
        return failure.retryAfter().map(this::asked).orElse(own);
    }

    private Duration asked(String header) {
        Duration asked;
        try {
            asked = header.matches("\\d{1,9}") ? Duration.ofSeconds(Long.parseLong(header))
                    : Duration.between(pauses.now(),
                            ZonedDateTime.parse(header, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant());
        } catch (DateTimeException e) {
            asked = LONGEST_STEP;
        }
        if (asked.compareTo(LONGEST_WAIT) > 0) {
            return LONGEST_WAIT;
        }
        return asked.compareTo(Duration.ofSeconds(1)) < 0 ? Duration.ofSeconds(1) : asked;
    }

    private static long seconds(Duration duration) {
        return duration.plusMillis(999).toSeconds();
    }
}
