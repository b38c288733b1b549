package org.wandagpu.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Counts against numbers made by hand. */
class CountersTest {

    private static final String HEAD = """
            .reg .pred %p<3>; .reg .b32 %r<9>; .reg .b64 %rd<9>;
            .shared .align 16 .b8 tile[4096];
            mov.u32 %r0, %tid.x; ld.param.u64 %rd0, [d];
            mov.u32 %r1, tile;
            """;

    @Test
    void neighboursShareSectors() {
        Ptx ptx = Ptx.resource("reductions.ptx");
        long in = ptx.ints(IntStream.range(0, 64).toArray());
        Counters counters = ptx.launch("increment", 2, 32, in, ptx.empty(64), 64).counters();
        assertThat(counters.globalRequests()).isEqualTo(4);
        assertThat(counters.sectors()).isEqualTo(4 * 4);
        assertThat(counters.usefulBytes()).isEqualTo(4 * 128);
        assertThat(counters.touchedSectors()).isEqualTo(16);
        assertThat(counters.divergentBranches()).isZero();
    }

    @Test
    void aStrideOfTwoWordsConflictsTwice() {
        assertThat(strided(4)).isEqualTo(0);
        assertThat(strided(8)).isEqualTo(1);
        assertThat(strided(128)).isEqualTo(31);
    }

    private static long strided(int bytes) {
        Ptx ptx = Ptx.kernel(".param .u64 d", HEAD + "mad.lo.u32 %r2, %r0, " + bytes
                + ", %r1; st.shared.u32 [%r2], %r0; ret;");
        return ptx.launch("k", 1, 32, ptx.empty(32)).counters().bankConflictCycles();
    }

    @Test
    void lanesThatTakePartAreCounted() {
        Ptx ptx = Ptx.kernel(".param .u64 d", HEAD + """
                setp.lt.u32 %p0, %r0, 8;
                @%p0 bra $low;
                add.u32 %r3, %r0, 1;
                $low:
                ret;
                """);
        Counters counters = ptx.launch("k", 1, 32, ptx.empty(32)).counters();
        assertThat(counters.laneInstructions()).isEqualTo(4 * 32 + 8 + 24 + 32);
        assertThat(counters.divergentBranches()).isEqualTo(1);
    }

    @Test
    void theEstimateOfAStreamIsItsBytesOverTheBandwidth() {
        Ptx ptx = Ptx.resource("reductions.ptx");
        int n = 1 << 16;
        long in = ptx.ints(new int[n]);
        Counters counters = ptx.launch("increment", n / 256, 256, in, ptx.empty(n), n).counters();
        double a100 = new Roofline(GpuModel.A100, counters, 16).seconds();
        double h100 = new Roofline(GpuModel.H100, counters, 16).seconds();
        assertThat(a100).isGreaterThan(8.0 * n / GpuModel.A100.bandwidth());
        assertThat(h100).isLessThan(a100);
        assertThat(new Roofline(GpuModel.A100, counters, 16).residentBlocks()).isEqualTo(8);
    }
}
