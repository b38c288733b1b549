package org.wandagpu.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.wandagpu.failure.InterruptedWorkException;
import org.wandagpu.failure.WorkFailedException;
import org.wandagpu.process.Signals;

/** What happens to the program when something happens to the process that tokenises. */
class TokenizerProcessTest {

    private static final Path FILE = Fixtures.tinyLlama().resolve("tokenizer.json");

    @Test
    void aKilledProcessEndsWithAMessage() {
        Set<Long> before = children();
        try (Tokenizer tokenizer = Tokenizer.open(Fixtures.tinyLlama())) {
            only(before).destroyForcibly();
            assertThatThrownBy(() -> tokenizer.encode("text")).isInstanceOf(WorkFailedException.class)
                    .hasMessage(FILE + ": the process that tokenises was killed, perhaps for its memory: no reason "
                            + "given; free memory or give a shorter text");
        }
    }

    @Test
    void anInterruptedProcessIsAnInterruptedRun() throws Exception {
        Set<Long> before = children();
        try (Tokenizer tokenizer = Tokenizer.open(Fixtures.tinyLlama())) {
            ProcessHandle child = only(before);
            Signals.send("INT", child);
            child.onExit().join();
            assertThatThrownBy(() -> tokenizer.encode("text")).isInstanceOf(InterruptedWorkException.class)
                    .hasMessage("interrupted while tokenising");
        }
    }

    @Test
    void noProcessIsLeftAfterClose() {
        Set<Long> before = children();
        try (Tokenizer tokenizer = Tokenizer.open(Fixtures.tinyLlama())) {
            assertThat(tokenizer.encode("text")).isNotEmpty();
            assertThat(children()).hasSize(before.size() + 1);
        }
        assertThat(children()).isEqualTo(before);
    }

    private static Set<Long> children() {
        return ProcessHandle.current().children().filter(ProcessHandle::isAlive).map(ProcessHandle::pid)
                .collect(Collectors.toSet());
    }

    private static ProcessHandle only(Set<Long> before) {
        Predicate<ProcessHandle> old = process -> before.contains(process.pid());
        return ProcessHandle.current().children().filter(old.negate()).findFirst().orElseThrow();
    }
}
