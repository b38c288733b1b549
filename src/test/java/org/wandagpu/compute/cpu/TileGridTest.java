package org.wandagpu.compute.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TileGridTest {

    @ParameterizedTest(name = "{0} x {1} for {2} threads")
    @CsvSource({"1, 1, 1", "6, 33, 2", "512, 576, 2", "1024, 192, 2", "517, 289, 3", "600, 3000, 2", "512, 576, 64",
        "1500, 901, 16", "7, 50257, 64"})
    void piecesFitAndCoverEveryElementOnce(int tokens, int outputs, int threads) {
        TileGrid grid = TileGrid.plan(tokens, outputs, threads);
        byte[] covered = new byte[tokens * outputs];
        for (int task = 0; task < grid.tasks(); task++) {
            assertThat(grid.tokensOf(task)).isBetween(1, ProductTile.MAX_TOKENS);
            assertThat(grid.outputsOf(task)).isBetween(1, ProductTile.MAX_OUTPUTS);
            for (int t = 0; t < grid.tokensOf(task); t++) {
                for (int o = 0; o < grid.outputsOf(task); o++) {
                    covered[(grid.firstToken(task) + t) * outputs + grid.firstOutput(task) + o]++;
                }
            }
        }
        byte[] once = new byte[covered.length];
        Arrays.fill(once, (byte) 1);
        assertThat(covered).isEqualTo(once);
    }

    @Test
    void noThreadIsLeftWithoutWork() {
        assertThat(TileGrid.plan(512, 576, 2).tasks() % 2).isZero();
        assertThat(TileGrid.plan(1024, 576, 7).tasks()).isGreaterThanOrEqualTo(7);
        assertThat(TileGrid.plan(512, 576, 32).tasks()).isBetween(24, 32);
    }
}
