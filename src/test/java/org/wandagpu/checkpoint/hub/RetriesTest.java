package org.wandagpu.checkpoint.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ConnectException;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.wandagpu.failure.InterruptedWorkException;
import org.wandagpu.failure.WorkFailedException;

class RetriesTest {

    private final RecordingPauses pauses = new RecordingPauses();
    private final RecordingListener listener = new RecordingListener();
    private final Retries retries = new Retries("work", Retries.USUAL, pauses, listener);
    private final NetworkFailure cut = NetworkFailure.broken("host", new IOException("reset"));

    @Test
    void waitsGrowAndEndAfterFive() {
        for (int i = 0; i < 5; i++) {
            retries.failed(cut);
        }
        assertThat(pauses.seconds).containsExactly(1L, 2L, 4L, 8L, 8L);
        assertThatThrownBy(() -> retries.failed(cut)).isInstanceOf(WorkFailedException.class)
                .hasMessage("work: connection to host broke: reset, also when tried again (5);"
                        + " check the network and run the same command again").hasCause(cut);
        assertThat(listener.notices).hasSize(5).startsWith(
                "work: connection to host broke: reset; trying again in 1 s");
    }

    @Test
    void progressStartsTheCountAgain() {
        for (int i = 0; i < 50; i++) {
            retries.failed(cut);
            retries.progressed();
        }
        assertThat(pauses.seconds).hasSize(50).containsOnly(1L);
    }

    @Test
    void aHostThatWasNeverReachedIsTriedOnceMore() {
        NetworkFailure unreachable = NetworkFailure.unreachable("host", new ConnectException());
        retries.failed(unreachable);
        assertThatThrownBy(() -> retries.failed(unreachable)).isInstanceOf(WorkFailedException.class)
                .hasMessageContaining("host cannot be reached: no connection");
    }

    @Test
    void withoutRetriesTheFirstFailureEndsIt() {
        assertThatThrownBy(() -> new Retries("work", 0, pauses, listener).failed(cut))
                .isInstanceOf(WorkFailedException.class).hasMessage("work: connection to host broke: reset;"
                        + " check the network and run the same command again");
        assertThat(pauses.seconds).isEmpty();
    }

    /** The clock stands at midnight of a Thursday; a date far off is what a jump of the clock gives. */
    @ParameterizedTest(name = "Retry-After: {0} -> {1} s")
    @CsvSource({
        "0, 1", "1, 1", "17, 17", "300, 300", "301, 300", "999999999, 300", "99999999999999999999, 8",
        "-5, 8", "soon, 8",
        "'Thu, 01 Jan 2026 00:00:30 GMT', 30",
        "'Thu, 01 Jan 2026 12:00:00 GMT', 300",
        "'Wed, 31 Dec 2025 23:59:59 GMT', 1",
        "'Thu, 01 Jan 1970 00:00:00 GMT', 1",
        "'Fri, 31 Dec 9999 23:59:59 GMT', 300",
    })
    void retryAfterIsObeyedWithinReason(String header, long seconds) {
        retries.failed(NetworkFailure.busy("host answers with status 429", Optional.of(header)));
        assertThat(pauses.seconds).containsExactly(seconds);
    }

    @Test
    void anInterruptedWaitIsAnInterruptedRun() {
        Pauses interrupting = new Pauses() {
            @Override
            public java.time.Instant now() {
                return java.time.Instant.EPOCH;
            }

            @Override
            public void sleep(Duration duration) throws InterruptedException {
                throw new InterruptedException();
            }
        };
        assertThatThrownBy(() -> new Retries("work", 1, interrupting, listener).failed(cut))
                .isInstanceOf(InterruptedWorkException.class)
                .hasMessage("work: interrupted; the same command goes on from here");
        assertThat(Thread.interrupted()).isTrue();
    }
}
