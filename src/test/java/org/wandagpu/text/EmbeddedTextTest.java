package org.wandagpu.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;

class EmbeddedTextTest {

    /** SHA-256 of the texts the embedded models were measured with. */
    private static final String CALIBRATION = "b58bd7edfe297168de3f7e05971c9925873a86474926ba97abe84c1ce21a3276";
    private static final String TEST = "245d70bc6c2a5f87aab810c31a438eb817bc22d79658378f402f2a90f88a810f";

    @Test
    void splitsAreThoseTheModelsWereMeasuredWith() {
        assertThat(Sha256.ofText(EmbeddedText.calibration())).isEqualTo(CALIBRATION);
        assertThat(Sha256.ofText(EmbeddedText.test())).isEqualTo(TEST);
    }

    @Test
    void splitsEqualTheStoredOnesByteForByte() throws IOException {
        assertThat(EmbeddedText.calibration())
                .isEqualTo(Files.readString(Fixtures.shared("models/tiny-text/calibration.txt")));
        assertThat(EmbeddedText.test()).isEqualTo(Files.readString(Fixtures.shared("models/tiny-text/test.txt")));
    }

    /** The numbers of the embedded models' description, the token that begins a text included. */
    @Test
    void tokensAreAsManyAsTheModelsWereMeasuredWith() {
        try (Tokenizer tokenizer = Tokenizer.open(Fixtures.tinyLlama())) {
            assertThat(tokenizer.encode(EmbeddedText.calibration())).hasSize(204_317);
            assertThat(tokenizer.encode(EmbeddedText.test())).hasSize(207_450);
        }
    }
}
