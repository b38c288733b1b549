package org.wandagpu.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A compare-and-swap loop may look first by a plain load; other plain loads race with atomics. */
class SwapLoopTest {

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void aSwapLoopMayLookFirst(long seed) {
        Ptx ptx = Ptx.resource("swaps.ptx", Schedule.shuffled(seed));
        long sum = ptx.longs(0);
        assertThat(ptx.launch("swap_global", 4, 64, sum).violations()).isEmpty();
        long bits = Double.doubleToRawLongBits(256);
        assertThat(ptx.ints(sum, 2)).containsExactly((int) bits, (int) (bits >>> 32));
        long out = ptx.empty(64);
        assertThat(ptx.launch("swap_shared", 1, 64, out).violations()).isEmpty();
        assertThat(ptx.ints(out, 64)).containsOnly(64);
    }

    @Test
    void aPlainLoadRacesWithAtomics() {
        Ptx ptx = Ptx.resource("swaps.ptx");
        long in = ptx.ints(IntStream.range(0, 64).toArray());
        assertThat(ptx.launch("histogram_without_barrier", 1, 64, in, ptx.empty(64)).violations())
                .isNotEmpty().allMatch(report -> report.kind().name().endsWith("_RACE"));
    }
}
