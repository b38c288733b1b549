package org.wandagpu.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Barriers in shared memory: each orders what was written before it, or there would be races. */
class PipelinesTest {

    private final Ptx ptx = Ptx.resource("pipelines.ptx");

    @Test
    void stagesOfAPipelineAreReused() {
        int n = 128;
        int batches = 7;
        float[] in = new float[n * batches];
        IntStream.range(0, in.length).forEach(i -> in[i] = i * 0.5f);
        long out = ptx.empty(in.length);
        assertThat(ptx.launchWithShared("staged", n, 3 * 4 * n, ptx.floats(in), out, batches).violations()).isEmpty();
        float[] found = ptx.floats(out, in.length);
        for (int i = 0; i < in.length; i++) {
            assertThat(found[i]).isEqualTo(2 * in[i / n * n + (i + 1) % n]);
        }
    }

    @Test
    void producersAndConsumersWaitForEachOther() {
        int batches = 6;
        int[] in = new Random(13).ints(64 * batches, 0, 100).toArray();
        long out = ptx.empty(in.length);
        assertThat(ptx.launch("handed_over", 1, 128, ptx.ints(in), out, batches).violations()).isEmpty();
        assertThat(ptx.ints(out, in.length)).isEqualTo(IntStream.range(0, in.length)
                .map(i -> in[i / 64 * 64 + 63 - i % 64] + 1).toArray());
    }
}
