package org.wandagpu.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Cooperative groups from a few lanes to all blocks. */
class CooperativeTest {

    private static final int TILE = 16;

    private final Ptx ptx = Ptx.resource("cooperative.ptx");
    private final Random random = new Random(3);

    @Test
    void tilesReduceAndScan() {
        int n = 96;
        int[] in = random.ints(n, -100, 100).toArray();
        long out = ptx.empty(4 * n);
        assertThat(ptx.launch("tiles", 1, n, ptx.ints(in), out).violations()).isEmpty();
        int[] found = ptx.ints(out, 4 * n);
        for (int i = 0; i < n; i++) {
            int start = i / TILE * TILE;
            int before = Arrays.stream(in, start, i).sum();
            assertThat(Arrays.copyOfRange(found, 4 * i, 4 * i + 4)).containsExactly(
                    Arrays.stream(in, start, start + TILE).sum(),
                    Arrays.stream(in, start, start + TILE).max().orElseThrow(), before + in[i], before);
        }
    }

    @Test
    void coalescedThreadsShareOneAtomic() {
        int n = 1000;
        int[] in = random.ints(n, -100, 100).toArray();
        long count = ptx.ints(0);
        long kept = ptx.empty(n);
        assertThat(ptx.launch("filter", 4, 256, ptx.ints(in), count, kept, n).violations()).isEmpty();
        int[] positive = Arrays.stream(in).filter(value -> value > 0).sorted().toArray();
        assertThat(ptx.ints(count, 1)).containsExactly(positive.length);
        int[] found = ptx.ints(kept, positive.length);
        Arrays.sort(found);
        assertThat(found).isEqualTo(positive);
    }

    @Test
    void labelsMakeGroups() {
        int[] in = random.ints(32, 0, 4).toArray();
        long out = ptx.empty(32);
        assertThat(ptx.launch("labels", 1, 32, ptx.ints(in), out).violations()).isEmpty();
        assertThat(ptx.ints(out, 32)).isEqualTo(IntStream.range(0, 32)
                .map(i -> IntStream.range(0, 32).filter(j -> in[j] == in[i]).sum()).toArray());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7})
    void allBlocksWaitForEachOther(int blocks) {
        int n = 60 * blocks;
        int times = 5;
        long data = ptx.ints(IntStream.range(0, n).toArray());
        assertThat(ptx.launch("rotations", blocks, 64, data, n, times).violations()).isEmpty();
        assertThat(ptx.ints(data, n)).isEqualTo(IntStream.range(0, n).map(i -> (i + times) % n + times).toArray());
    }
}
