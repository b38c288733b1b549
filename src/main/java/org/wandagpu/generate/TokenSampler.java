package org.wandagpu.generate;

import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/** Chooses the next token from logits: the most likely one at temperature 0, else by chance. */
final class TokenSampler {

    /** 2⁶⁴ divided by the golden ratio, odd: keeps the seeds of neighbouring samples far apart. */
    private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;

    private final double temperature;
    private final RandomGenerator random;

    /** @param temperature 0 = always the most likely token, the lowest id where several are */
    TokenSampler(double temperature, long seed) {
        this.temperature = temperature;
        this.random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    }

    /** The sampler of one of many sequences under one seed, at temperature 1. */
    static TokenSampler ofSample(long seed, int index) {
        return new TokenSampler(1, seed + (index + 1) * GOLDEN_GAMMA);
    }

    /** A token with equal chance for each. */
    int anyToken(int vocabSize) {
        return random.nextInt(vocabSize);
    }

    int next(float[] logits) {
        int best = 0;
        for (int i = 1; i < logits.length; i++) {
            if (logits[i] > logits[best]) {
                best = i;
            }
        }
        return temperature == 0 ? best : draw(logits, best);
    }

    private int draw(float[] logits, int best) {
        double[] cumulative = new double[logits.length];
        double sum = 0;
        for (int i = 0; i < logits.length; i++) {
            sum += Math.exp((logits[i] - logits[best]) / temperature);
            cumulative[i] = sum;
        }
        double point = random.nextDouble() * sum;
        for (int i = 0; i < logits.length; i++) {
            if (point < cumulative[i]) {
                return i;
            }
        }
        return best;
    }
}
