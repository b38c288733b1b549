package org.wandagpu.generate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

/** How the next token is chosen. */
class TokenSamplerTest {

    private static final float[] LOGITS = {(float) Math.log(0.5), (float) Math.log(0.3), (float) Math.log(0.2), -200};

    @Test
    void temperatureZeroTakesTheLowestOfTheMostLikely() {
        assertThat(new TokenSampler(0, 1).next(new float[] {-3, 2, 5, 5, 1})).isEqualTo(2);
    }

    @Test
    void drawsFollowTheSoftmaxOfTheLogitsOverTheTemperature() {
        for (double temperature : new double[] {0.5, 1, 2}) {
            double[] p = DoubleStream.of(0.5, 0.3, 0.2).map(x -> Math.pow(x, 1 / temperature)).toArray();
            double sum = DoubleStream.of(p).sum();
            int draws = 20_000;
            int[] counts = new int[LOGITS.length];
            TokenSampler sampler = new TokenSampler(temperature, 42);
            for (int i = 0; i < draws; i++) {
                counts[sampler.next(LOGITS)]++;
            }
            for (int token = 0; token < 3; token++) {
                double expected = draws * p[token] / sum;
                assertThat((double) counts[token]).as("token %d at temperature %s, seed 42", token, temperature)
                        .isBetween(expected - 4 * Math.sqrt(expected), expected + 4 * Math.sqrt(expected));
            }
            assertThat(counts[3]).isZero();
        }
    }

    @Test
    void seedDecidesTheDraws() {
        TokenSampler one = TokenSampler.ofSample(5, 0);
        TokenSampler same = TokenSampler.ofSample(5, 0);
        TokenSampler next = TokenSampler.ofSample(5, 1);
        StringBuilder drawn = new StringBuilder();
        StringBuilder again = new StringBuilder();
        StringBuilder other = new StringBuilder();
        for (int i = 0; i < 64; i++) {
            drawn.append(one.next(LOGITS));
            again.append(same.next(LOGITS));
            other.append(next.next(LOGITS));
        }
        assertThat(again.toString()).isEqualTo(drawn.toString());
        assertThat(other.toString()).isNotEqualTo(drawn.toString());
    }
}
