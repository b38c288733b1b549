package org.wandagpu.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Memory spaces as the compiler lays them out. */
class SpacesTest {

    private final Ptx ptx = Ptx.resource("spaces.ptx");

    @Test
    void structsConstantsAndDynamicSharedMemory() {
        int n = 12;
        long in = ptx.ints(IntStream.range(0, n).map(i -> Float.floatToRawIntBits(i)).toArray());
        long out = ptx.empty(n);
        byte[] shape = ByteBuffer.allocate(24).order(ByteOrder.LITTLE_ENDIAN)
                .putInt(3).putInt(4).putFloat(2).putInt(0).putLong(in).array();
        assertThat(ptx.launchWithShared("scaled", 32, 4 * n, shape, out).violations()).isEmpty();
        int[] found = ptx.ints(out, n);
        float[] table = {1, 10, 100, 1000};
        for (int i = 0; i < n; i++) {
            assertThat(Float.intBitsToFloat(found[i])).isEqualTo(2 * (n - 1 - i) * table[i % 4]);
        }
        assertThat(ptx.launchWithShared("scaled", 32, 4 * n - 4, shape, out).violations())
                .extracting(Violation::kind).contains(Violation.Kind.OUT_OF_BOUNDS);
    }

    @Test
    void genericPointersFindTheirSpace() {
        long in = ptx.ints(IntStream.range(0, 32).toArray());
        for (int steps = 0; steps < 3; steps++) {
            long out = ptx.empty(32);
            assertThat(ptx.launch("pointers", 1, 32, in, out, steps).violations()).isEmpty();
            int[] found = ptx.ints(out, 32);
            for (int i = 0; i < 32; i++) {
                assertThat(found[i]).isEqualTo(i * ((i + steps) % 8) + 31 - i + (steps % 2 == 1 ? 100 : 0));
            }
        }
    }

    @Test
    void aFenceAndAnAtomicOrderBlocks() {
        long sum = ptx.empty(1);
        assertThat(ptx.launch("last_block", 10, 32, ptx.empty(10), sum).violations()).isEmpty();
        assertThat(ptx.ints(sum, 1)).containsExactly(55);
    }
}
