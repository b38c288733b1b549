package org.wandagpu.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Supplier;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Blocks on several threads: what comes out is what one thread gives, whether or not blocks meet in memory. */
class SideBySideTest {

    private static final int BLOCKS = 240;
    private static final int THREADS = 64;
    private static final int WORDS = BLOCKS * THREADS;

    /** r1 = block, r2 = thread, rd1 = d + 4 · (block · threads + thread), rd2 = d + 4 · thread. */
    private static final String HEAD = """
            .version 7.8
            .target sm_80
            .address_size 64
            .visible .entry k(.param .u64 d)
            {
            .reg .pred %p<2>; .reg .b16 %h<2>; .reg .b32 %r<9>; .reg .b64 %rd<9>;
            ld.param.u64 %rd0, [d];
            mov.u32 %r1, %ctaid.x; mov.u32 %r2, %tid.x; mov.u32 %r3, %ntid.x;
            mad.lo.u32 %r4, %r1, %r3, %r2;
            mul.wide.u32 %rd3, %r4, 4; add.u64 %rd1, %rd0, %rd3;
            mul.wide.u32 %rd4, %r2, 4; add.u64 %rd2, %rd0, %rd4;
            """;

    /** What a launch leaves behind. */
    private record Left(boolean sideBySide, String violations, String words, String counts) {
    }

    private static Left launch(String body, int threads) {
        DeviceMemory memory = new DeviceMemory();
        PtxKernel kernel = new PtxModule(PtxParser.parse("test.ptx", HEAD + body + "\n}\n", memory)).kernel("k");
        long address = memory.allocate(4L * WORDS);
        memory.copyIn(address, MemorySegment.ofArray(new int[WORDS]));
        UndoLog undo = new UndoLog();
        Supplier<Launch> part = () -> new Launch(kernel, memory, undo, Schedule.NATURAL, new int[] {BLOCKS, 1, 1},
                new int[] {THREADS, 1, 1}, 0, Parameters.pack(kernel, address));
        Optional<LaunchReport> several = threads > 1 && kernel.blocksKeepToThemselves()
                ? SideBySide.run(part, undo, BLOCKS, threads) : Optional.empty();
        LaunchReport report = several.orElseGet(() -> part.get().run());
        int[] words = new int[WORDS];
        memory.copyOut(address, MemorySegment.ofArray(words));
        Counters c = report.counters();
        return new Left(several.isPresent(), report.violations().toString(), Arrays.toString(words),
                c.warpInstructionsByOpcode() + " " + c.laneInstructions() + " " + c.loads().sectors() + " "
                        + c.stores().sectors() + " " + c.shared().cycles() + " " + c.barriers() + " " + c.buffers());
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', value = {
        "each its own words        | true  | st.global.u32 [%rd1], %r4;",
        "read and write            | true  | ld.global.u32 %r5, [%rd1]; add.u32 %r5, %r5, %r4; st.global.u32 [%rd1], %r5;",
        "halves of a word          | true  | mul.wide.u32 %rd5, %r4, 2; add.u64 %rd5, %rd0, %rd5; cvt.u16.u32 %h0, %r4;"
            + " st.global.u16 [%rd5], %h0;",
        "all read one              | true  | ld.global.u32 %r5, [%rd0+4092]; setp.eq.u32 %p0, %r1, 999;"
            + " @%p0 st.global.u32 [%rd0], %r5;",
        "the same bits everywhere  |       | st.global.u32 [%rd2], %r2;",
        "other bits                | false | st.global.u32 [%rd2], %r1;",
        "a half and the whole word | false | st.global.u32 [%rd1], %r4; setp.eq.u32 %p0, %r1, 7;"
            + " cvt.u16.u32 %h0, %r2; @%p0 st.global.u16 [%rd2+2], %h0;",
        "the neighbour's word      | false | xor.b32 %r5, %r4, 64; mul.wide.u32 %rd5, %r5, 4; add.u64 %rd5, %rd0, %rd5;"
            + " ld.global.u32 %r6, [%rd5]; st.global.u32 [%rd1], 3;",
        "out of bounds in one      | false | setp.eq.u32 %p0, %r1, 17; @%p0 st.global.u32 [%rd1+655360], %r4;"
            + " st.global.u32 [%rd1], %r4;",
        "atomics                   | false | atom.global.add.u32 %r5, [%rd2], %r4; st.global.u32 [%rd2+1024], %r5;",
        "volatile                  | false | st.volatile.global.u32 [%rd1], %r4;",
        "the clock                 | false | mov.u32 %r5, %clock; st.global.u32 [%rd1], %r4;",
    })
    void manyThreadsGiveWhatOneGives(String name, Boolean sideBySide, String body) {
        Left one = launch(body, 1);
        Left several = launch(body, 4);
        if (sideBySide != null) { // else it depends on whether one thread got all the blocks
            assertThat(several.sideBySide()).as("ran on several threads to the end").isEqualTo(sideBySide);
        }
        assertThat(several.violations()).isEqualTo(one.violations());
        assertThat(several.words()).isEqualTo(one.words());
        assertThat(several.counts()).isEqualTo(one.counts());
    }
}
