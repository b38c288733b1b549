package org.wandagpu.compute.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class TranspositionTest {

    private static final int SIDE = Transposition.SIDE;

    @Test
    void columnsBecomeRowsAndNothingElseIsWritten() {
        float[] source = new float[5 + SIDE * (SIDE + 3)];
        for (int i = 0; i < source.length; i++) {
            source[i] = i;
        }
        float[] expected = new float[7 + SIDE * (SIDE + 2)];
        Arrays.fill(expected, -1);
        for (int row = 0; row < SIDE; row++) {
            for (int column = 0; column < SIDE; column++) {
                expected[7 + column * (SIDE + 2) + row] = source[5 + row * (SIDE + 3) + column];
            }
        }
        float[] target = new float[expected.length];
        Arrays.fill(target, -1);
        new Transposition().turn(source, 5, SIDE + 3, target, 7, SIDE + 2);
        assertThat(target).isEqualTo(expected);
    }
}
