package org.wandagpu.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.wandagpu.simulator.Violation.Kind;

/** Threads that wait for others by spinning get on in every order, and those that wait in vain are reported. */
class ProgressTest {

    private static final List<String> LINES = Ptx.read("progress.cu").lines().toList();

    static List<Schedule> schedules() {
        return List.of(Schedule.NATURAL, Schedule.shuffled(1), Schedule.shuffled(2), Schedule.shuffled(3));
    }

    @ParameterizedTest
    @MethodSource("schedules")
    void lanesOfAWarpWaitForEachOther(Schedule schedule) {
        for (String kernel : List.of("lock", "tight_lock")) {
            Ptx ptx = Ptx.resource("progress.ptx", schedule);
            long value = ptx.ints(0);
            assertThat(ptx.launch(kernel, 3, 64, ptx.ints(0), value).violations()).as(kernel).isEmpty();
            assertThat(ptx.ints(value, 1)).as(kernel).containsExactly(3 * 64);
        }
    }

    @ParameterizedTest
    @MethodSource("schedules")
    void blocksLookBack(Schedule schedule) {
        Ptx ptx = Ptx.resource("progress.ptx", schedule);
        int blocks = 40;
        long out = ptx.empty(32 * blocks);
        assertThat(ptx.launch("look_back", blocks, 32, ptx.ints(IntStream.range(0, 32 * blocks).toArray()), out,
                ptx.ints(new int[blocks]), ptx.empty(blocks), ptx.empty(blocks)).violations()).isEmpty();
        assertThat(ptx.ints(out, 32 * blocks))
                .isEqualTo(IntStream.range(0, 32 * blocks).map(i -> i * (i + 1) / 2).toArray());
    }

    @ParameterizedTest
    @MethodSource("schedules")
    void blocksMeetAtABarrier(Schedule schedule) {
        Ptx ptx = Ptx.resource("progress.ptx", schedule);
        int n = 50 * 96;
        long out = ptx.empty(n);
        assertThat(ptx.launch("grid_barrier", 50, 96, ptx.empty(n), out, ptx.ints(0)).violations()).isEmpty();
        assertThat(ptx.ints(out, n)).isEqualTo(IntStream.range(0, n).map(i -> n - 1 - i).toArray());
    }

    @ParameterizedTest
    @MethodSource("schedules")
    void warpsWaitForAFlag(Schedule schedule) {
        Ptx ptx = Ptx.resource("progress.ptx", schedule);
        long out = ptx.empty(1);
        assertThat(ptx.launch("flag", 1, 64, out, 42).violations()).isEmpty();
        assertThat(ptx.ints(out, 1)).containsExactly(42);
        assertReported(ptx.launch("unfenced_flag", 1, 64, out, 42), Kind.SHARED_RACE, "flag without fence");
    }

    @Test
    void aLockWithoutFencesIsReported() {
        Ptx ptx = Ptx.resource("progress.ptx");
        assertReported(ptx.launch("unfenced_lock", 2, 1, ptx.ints(0), ptx.ints(0)), Kind.GLOBAL_RACE, "no fence");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 300})
    void waitingForeverIsReported(int blocks) {
        Ptx ptx = Ptx.resource("progress.ptx");
        LaunchReport report = ptx.launch("forever", blocks, 64, ptx.ints(0), ptx.empty(1));
        assertReported(report, Kind.NO_PROGRESS, "waits forever");
        assertThat(report.violations()).singleElement().extracting(Violation::thread).isEqualTo(0);
    }

    @Test
    void moreBlocksThanFitAtAGridBarrierAreReported() {
        Ptx ptx = Ptx.resource("progress.ptx");
        int blocks = 108 * 2 + 1;
        long n = 1024L * blocks;
        assertThat(ptx.launch("grid_barrier", blocks, 1024, ptx.empty((int) n), ptx.empty((int) n), ptx.ints(0))
                .violations()).extracting(Violation::kind).containsExactly(Kind.NO_PROGRESS);
    }

    @Test
    void aLimitEndsWhatChangesForever() {
        Ptx ptx = Ptx.resource("progress.ptx", Schedule.NATURAL.withWarpInstructions(1_000_000));
        assertReported(ptx.launch("counting", 1, 32, ptx.ints(0), ptx.empty(1)), Kind.NO_PROGRESS, "counts forever");
        assertThat(ptx.launch("patient", 1, 32, ptx.empty(1), 100_000).violations()).isEmpty();
    }

    @Test
    void theClockGoesOn() {
        Ptx ptx = Ptx.kernel("", """
                .reg .pred %p; .reg .b64 %rd<3>;
                mov.u64 %rd0, %clock64;
                $again:
                mov.u64 %rd1, %clock64;
                sub.u64 %rd2, %rd1, %rd0;
                setp.lt.u64 %p, %rd2, 100000;
                @%p bra $again;
                ret;
                """);
        assertThat(ptx.launch("k", 2, 64).violations()).isEmpty();
    }

    private static void assertReported(LaunchReport report, Kind kind, String bug) {
        int line = IntStream.range(0, LINES.size()).filter(i -> LINES.get(i).contains("// bug: " + bug)).findFirst()
                .orElseThrow() + 1;
        assertThat(report.violations()).anyMatch(v -> v.kind() == kind && v.source().equals("progress.cu:" + line));
    }
}
