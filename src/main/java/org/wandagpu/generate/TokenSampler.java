package org.wandagpu.generate;

import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/** Chooses the next token from logits: the most likely one at temperature 0, else by chance. */
final class TokenSampler {

    private final double temperature;
    private final RandomGenerator random;

    /** @param temperature 0 = always the most likely token, the lowest id where several are */
    TokenSampler(double temperature, long seed) {
        this.temperature = temperature;
        this.random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    }

    int next(float[] logits) {
        int best = 0;
        for (int i = 1; i < logits.length; i++) {
            if (logits[i] > logits[best]) {
                best = i;
            }
        }
        return temperature == 0 ? best : draw(logits, logits[best]);
    }

    private int draw(float[] logits, float largest) {
        double[] cumulative = new double[logits.length];
        double sum = 0;
        for (int i = 0; i < logits.length; i++) {
            sum += Math.exp((logits[i] - largest) / temperature);
            cumulative[i] = sum;
        }
        double point = random.nextDouble() * sum;
        for (int i = 0; i < logits.length; i++) {
            if (point < cumulative[i]) {
                return i;
            }
        }
        return logits.length - 1;
    }
}
