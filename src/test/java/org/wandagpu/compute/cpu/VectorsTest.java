package org.wandagpu.compute.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import jdk.incubator.vector.FloatVector;
import org.junit.jupiter.api.Test;

class VectorsTest {

    private static final int LANES = Vectors.LANES;

    @Test
    void sumAddsLanesByHalves() {
        long seed = 11;
        Random random = new Random(seed);
        for (int round = 0; round < 1000; round++) {
            float[] terms = new float[LANES];
            for (int i = 0; i < LANES; i++) {
                terms[i] = (float) random.nextGaussian() * (1 << random.nextInt(12));
            }
            float actual = Vectors.sum(FloatVector.fromArray(Vectors.SPECIES, terms, 0));
            for (int width = LANES / 2; width > 0; width /= 2) {
                for (int i = 0; i < width; i++) {
                    terms[i] += terms[i + width];
                }
            }
            assertThat(actual).as("seed %d, round %d", seed, round).isEqualTo(terms[0]);
        }
    }
}
