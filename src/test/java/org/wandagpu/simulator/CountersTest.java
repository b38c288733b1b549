package org.wandagpu.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
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
        for (AccessCount count : List.of(counters.loads(), counters.stores())) {
            assertThat(count.requests()).isEqualTo(2);
            assertThat(count.sectors()).isEqualTo(2 * 4);
            assertThat(count.usefulBytes()).isEqualTo(2 * 128);
            assertThat(count.bytesPerUsefulByte()).isEqualTo(1);
        }
        assertThat(counters.distinctSectors()).isEqualTo(16);
        assertThat(counters.buffers()).extracting(BufferTraffic::sectorsRead).containsExactly(8L, 0L);
        assertThat(counters.buffers()).extracting(BufferTraffic::sectorsWritten).containsExactly(0L, 8L);
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
        return ptx.launch("k", 1, 32, ptx.empty(32)).counters().shared().conflictCycles();
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

    /** A stride of s words touches a sector a lane from s = 8 on, and every second byte of one before. */
    @Test
    void stridesWasteSectors() {
        for (int stride : new int[] {1, 2, 4, 8, 16}) {
            Ptx ptx = Ptx.kernel(".param .u64 d", HEAD + "mul.wide.u32 %rd1, %r0, " + 4 * stride
                    + "; add.u64 %rd2, %rd0, %rd1; ld.global.u32 %r3, [%rd2]; ret;");
            Counters counters = ptx.launch("k", 1, 32, ptx.ints(new int[32 * stride])).counters();
            assertThat(counters.loads().sectors()).as("stride %d", stride).isEqualTo(Math.min(32, 4 * stride));
            assertThat(counters.loads().bytesPerUsefulByte()).isEqualTo(Math.min(8, stride));
        }
    }

    @Test
    void aBroadcastIsOneSectorAndOneCycle() {
        Ptx ptx = Ptx.kernel(".param .u64 d", HEAD
                + "st.shared.u32 [tile], 7; ld.global.u32 %r3, [%rd0]; ld.shared.u32 %r4, [tile]; ret;");
        Counters counters = ptx.launch("k", 1, 32, ptx.ints(new int[8])).counters();
        assertThat(counters.loads().sectors()).isEqualTo(1);
        assertThat(counters.shared().cycles()).isEqualTo(2);
        assertThat(counters.shared().conflictCycles()).isZero();
    }

    /** 16 bytes a lane take four quarter warps, a cycle each. */
    @Test
    void vectorsTakeAPhaseForEachQuarter() {
        Ptx ptx = Ptx.kernel(".param .u64 d", HEAD + "mad.lo.u32 %r2, %r0, 16, %r1;"
                + "st.shared.v4.u32 [%r2], {%r0, %r0, %r0, %r0}; ret;");
        Counters counters = ptx.launch("k", 1, 32, ptx.empty(32)).counters();
        assertThat(counters.shared().cycles()).isEqualTo(4);
        assertThat(counters.shared().conflictCycles()).isZero();
    }

    @Test
    void atomicsOnOneAddressAreMergedOrTakeTurns() {
        Ptx ptx = Ptx.kernel(".param .u64 d", HEAD + """
                setp.eq.u32 %p0, %r0, 0;
                @%p0 st.shared.u32 [tile], 0;
                bar.sync 0;
                red.shared.add.u32 [tile], 1;
                red.global.add.u32 [%rd0], 1;
                ret;
                """);
        Counters counters = ptx.launch("k", 1, 32, ptx.ints(new int[8])).counters();
        assertThat(counters.sharedAtomics().cycles()).isEqualTo(1);
        assertThat(counters.sharedAtomicsInTurn()).isEqualTo(32);
        assertThat(counters.atomics().sectors()).isEqualTo(1);
        assertThat(counters.barriers()).isEqualTo(1);
    }

    /** Eight rows of 16 bytes, 128 bytes apart: all in the same four banks. 16 bytes apart: each bank once. */
    @Test
    void rowsOfAMatrixConflictUnlessTheyAreSpread() {
        assertThat(matrixConflicts(16)).isZero();
        assertThat(matrixConflicts(128)).isEqualTo(7);
    }

    private static long matrixConflicts(int rowBytes) {
        Ptx ptx = Ptx.kernel(".param .u64 d", HEAD + """
                mad.lo.u32 %%r2, %%r0, 128, %%r1;
                mov.u32 %%r4, 0;
                $fill:
                mad.lo.u32 %%r5, %%r4, 4, %%r2;
                st.shared.u32 [%%r5], 0;
                add.u32 %%r4, %%r4, 1;
                setp.lt.u32 %%p0, %%r4, 32;
                @%%p0 bra $fill;
                bar.sync 0;
                and.b32 %%r6, %%r0, 7;
                mad.lo.u32 %%r7, %%r6, %d, %%r1;
                ldmatrix.sync.aligned.m8n8.x1.shared.b16 {%%r8}, [%%r7];
                ret;
                """.formatted(rowBytes));
        Counters counters = ptx.launch("k", 1, 32, ptx.empty(32)).counters();
        return counters.shared().conflictCycles() - 32 * 31; // the filling stores: all lanes in one bank
    }

    @Test
    void instructionsAreCountedByClass() {
        Ptx ptx = Ptx.kernel(".param .u64 d", HEAD + """
                cvt.rn.f32.u32 %r2, %r0;
                add.f32 %r3, %r2, %r2;
                add.u32 %r4, %r0, 1;
                shfl.sync.bfly.b32 %r5, %r4, 1, 31, -1;
                st.shared.u32 [%r1], 0;
                ret;
                """);
        assertThat(ptx.launch("k", 1, 32, ptx.empty(32)).counters().warpInstructionsByClass())
                .containsEntry(InstructionClass.CONVERSION, 1L).containsEntry(InstructionClass.FLOAT, 1L)
                .containsEntry(InstructionClass.INTEGER, 1L).containsEntry(InstructionClass.WARP, 1L)
                .containsEntry(InstructionClass.SHARED_MEMORY, 1L).containsEntry(InstructionClass.MOVE, 2L)
                .containsEntry(InstructionClass.OTHER_MEMORY, 1L).containsEntry(InstructionClass.CONTROL, 1L);
    }
}
