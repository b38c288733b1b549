package org.wandagpu.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** What warps of a block share: barriers with a result, dynamic shared memory, loops that lanes leave one by one. */
class BlockTest {

    private static final String REGISTERS = """
            .reg .pred %p<3>; .reg .b32 %r<9>; .reg .b64 %rd<5>;
            mov.u32 %r0, %tid.x; ld.param.u64 %rd0, [d];
            mul.wide.u32 %rd1, %r0, 4; add.s64 %rd2, %rd0, %rd1;
            """;

    @Test
    void aBarrierCountsPredicatesOverAllWarps() {
        Ptx ptx = Ptx.kernel(".param .u64 d", REGISTERS + """
                setp.lt.u32 %p0, %r0, 40;
                bar.red.popc.u32 %r1, 0, %p0;
                st.global.u32 [%rd2], %r1;
                """);
        long d = ptx.empty(64);
        assertThat(ptx.launch("k", 1, 64, d).violations()).isEmpty();
        assertThat(ptx.ints(d, 64)).containsOnly(40);
    }

    @Test
    void lanesMeetAgainAfterALoop() {
        Ptx ptx = Ptx.kernel(".param .u64 d", REGISTERS + """
                mov.u32 %r1, 0; mov.u32 %r2, 0;
                $again:
                add.u32 %r1, %r1, %r0;
                add.u32 %r2, %r2, 1;
                setp.le.u32 %p0, %r2, %r0;
                @%p0 bra $again;
                shfl.sync.idx.b32 %r3, %r1, 31, 31, -1;
                st.global.u32 [%rd2], %r3;
                ret;
                """);
        long d = ptx.empty(32);
        assertThat(ptx.launch("k", 1, 32, d).violations()).isEmpty();
        assertThat(ptx.ints(d, 32)).containsOnly(31 * 32);
    }

    /** Whole warps may end before a barrier, but not go on behind it; a warp that comes comes whole. */
    @Test
    void anEarlyReturnBeforeABarrierIsNoBarrierPassedBy() {
        assertThat(returningEarly(32, "")).isEmpty();
        assertThat(returningEarly(40, "")).extracting(Violation::kind)
                .containsExactly(Violation.Kind.BARRIER_NOT_REACHED);
        assertThat(returningEarly(32, "st.global.u32 [%rd0], 1;")).extracting(Violation::kind)
                .containsExactly(Violation.Kind.BARRIER_NOT_REACHED);
    }

    private static List<Violation> returningEarly(int from, String behind) {
        Ptx ptx = Ptx.kernel(".param .u64 d", REGISTERS + """
                setp.ge.u32 %%p0, %%r0, %d;
                @%%p0 bra $end;
                bar.sync 0;
                $end:
                %s
                ret;
                """.formatted(from, behind));
        return ptx.launch("k", 1, 64, ptx.empty(1)).violations().stream()
                .filter(report -> report.kind() == Violation.Kind.BARRIER_NOT_REACHED).toList();
    }

    @Test
    void lanesStoringDifferentValuesAtOnceAreReported() {
        Ptx ptx = Ptx.kernel(".param .u64 d", REGISTERS + "st.global.u32 [%rd0], %r0; ret;");
        assertThat(ptx.launch("k", 1, 32, ptx.empty(1)).violations()).extracting(Violation::kind)
                .containsExactly(Violation.Kind.LANE_RACE);
        Ptx same = Ptx.kernel(".param .u64 d", REGISTERS + "st.global.u32 [%rd0], 5; ret;");
        assertThat(same.launch("k", 1, 32, same.empty(1)).violations()).isEmpty();
    }

    @Test
    void aBarrierThatAWarpPassesByIsReportedWhereItStands() {
        Ptx ptx = Ptx.kernel(".param .u64 d", REGISTERS + """
                setp.ge.u32 %p0, %r0, 32;
                @%p0 bra $after;
                bar.sync 0;
                $after:
                st.global.u32 [%rd2], %r0;
                bar.sync 0;
                st.global.u32 [%rd2], 7;
                ret;
                """);
        assertThat(ptx.launch("k", 1, 64, ptx.empty(64)).violations()).singleElement().satisfies(violation -> {
            assertThat(violation.kind()).isEqualTo(Violation.Kind.BARRIER_NOT_REACHED);
            assertThat(violation.line()).isEqualTo(11);
            assertThat(violation.thread()).isEqualTo(32);
        });
    }

    @Test
    void threadsThatHaveEndedMayMissABarrierThatIsNotAligned() {
        Ptx ptx = Ptx.kernel(".param .u64 d", REGISTERS + """
                setp.ge.u32 %p0, %r0, 40;
                @%p0 ret;
                st.global.u32 [%rd2], 1;
                barrier.sync 0;
                st.global.u32 [%rd2], 2;
                ret;
                """);
        assertThat(ptx.launch("k", 1, 64, ptx.empty(64)).violations()).isEmpty();
    }

    @Test
    void lanesWaitForEachOtherAtASync() {
        Ptx ptx = Ptx.kernel(".param .u64 d", REGISTERS + """
                setp.lt.u32 %p0, %r0, 16;
                mov.u32 %r1, 0;
                @%p0 bra $low;
                add.u32 %r1, %r1, 1;
                bra $join;
                $low:
                add.u32 %r1, %r1, 2;
                $join:
                bar.warp.sync -1;
                shfl.sync.bfly.b32 %r3, %r1, 16, 31, -1;
                st.global.u32 [%rd2], %r3;
                ret;
                """);
        long d = ptx.empty(32);
        assertThat(ptx.launch("k", 1, 32, d).violations()).isEmpty();
        assertThat(ptx.ints(d, 32)).startsWith(1, 1).endsWith(2, 2);
    }

    @Test
    void aShuffleByALaneThatItsMaskLeavesOutIsReported() {
        Ptx ptx = Ptx.kernel(".param .u64 d", REGISTERS + """
                shfl.sync.idx.b32 %r3, %r0, 0, 31, 0xffff;
                st.global.u32 [%rd2], %r3;
                ret;
                """);
        assertThat(ptx.launch("k", 1, 32, ptx.empty(32)).violations()).extracting(Violation::kind)
                .containsExactly(Violation.Kind.LANES_MISSING);
    }

    @Test
    void partOfAWarpMayShiftValuesInFromOutside() {
        Ptx ptx = Ptx.kernel(".param .u64 d", REGISTERS + """
                setp.ge.u32 %p0, %r0, 16;
                @%p0 bra $after;
                shfl.sync.down.b32 %r3, %r0, 8, 31, 0xffff;
                add.u32 %r0, %r0, %r3;
                $after:
                st.global.u32 [%rd2], %r0;
                ret;
                """);
        assertThat(ptx.launch("k", 1, 32, ptx.empty(32)).violations()).isEmpty();
    }
}
