package org.wandagpu.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.wandagpu.failure.BadInputException;

class EvaluationWindowsTest {

    private static final int[] TOKENS = IntStream.range(100, 111).toArray();

    @Test
    void windowsLieSideBySideAndTheTailIsDropped() {
        assertThat(EvaluationWindows.of(TOKENS, 4, 100, "t")).containsExactly(
                new int[] {100, 101, 102, 103}, new int[] {104, 105, 106, 107});
    }

    @Test
    void noMoreWindowsThanAskedFor() {
        assertThat(EvaluationWindows.of(TOKENS, 2, 3, "t")).containsExactly(
                new int[] {100, 101}, new int[] {102, 103}, new int[] {104, 105});
    }

    @Test
    void aTextOfExactlyOneWindowIsEnough() {
        assertThat(EvaluationWindows.of(TOKENS, 11, 100, "t")).containsExactly(TOKENS);
    }

    @Test
    void aTextShorterThanAWindowIsRefused() {
        assertThatThrownBy(() -> EvaluationWindows.of(TOKENS, 12, 100, "a.txt"))
                .isInstanceOf(BadInputException.class)
                .hasMessage("a.txt: 11 tokens do not fill one window of 12; lower --seqlen to 11 or less, "
                        + "or give a longer text");
    }
}
