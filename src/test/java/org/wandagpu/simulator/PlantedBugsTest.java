package org.wandagpu.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.wandagpu.simulator.Violation.Kind;

/** Bugs planted in kernels are reported in their line; the correct twins give no report. */
class PlantedBugsTest {

    private static final String SOURCE = "reductions.cu";
    private static final List<String> LINES = Ptx.read(SOURCE).lines().toList();

    private final Ptx ptx = Ptx.resource("reductions.ptx");

    @Test
    void anOffByOneBoundIsReported() {
        long in = ptx.ints(IntStream.range(0, 100).toArray());
        long out = ptx.empty(100);
        assertThat(ptx.launch("increment", 4, 32, in, out, 100).violations()).isEmpty();
        assertThat(ptx.ints(out, 100)).isEqualTo(IntStream.rangeClosed(1, 100).toArray());
        LaunchReport report = ptx.launch("increment_off_by_one", 4, 32, in, out, 100);
        assertReported(report, Kind.OUT_OF_BOUNDS, "bound");
        Violation first = report.violations().getFirst();
        assertThat(first.block()).isEqualTo(3);
        assertThat(first.thread()).isEqualTo(4);
        assertThat(first.address()).isEqualTo(in + 400);
    }

    @Test
    void aMissingBarrierIsReported() {
        long in = ptx.ints(IntStream.range(0, 256).map(i -> Float.floatToRawIntBits(i)).toArray());
        long out = ptx.empty(256);
        assertThat(ptx.launch("tree", 2, 128, in, out).violations()).isEmpty();
        assertThat(Float.intBitsToFloat(ptx.ints(out, 2)[1])).isEqualTo((128 + 255) * 64f);
        LaunchReport report = ptx.launch("tree_without_barrier", 2, 128, in, out);
        assertThat(report.violations()).anyMatch(v -> v.kind() == Kind.UNINITIALISED || v.kind() == Kind.SHARED_RACE);
        assertThat(report.violations()).anyMatch(v -> v.source().equals(SOURCE + ":" + line("race or unwritten")));
    }

    @Test
    void aRaceBetweenBlocksIsReported() {
        long in = ptx.ints(IntStream.range(0, 64).toArray());
        long sum = ptx.ints(0);
        assertThat(ptx.launch("total", 2, 32, in, sum).violations()).isEmpty();
        assertThat(ptx.ints(sum, 1)).containsExactly(63 * 32);
        assertReported(ptx.launch("total_with_race", 2, 32, in, sum), Kind.GLOBAL_RACE, "race between blocks");
    }

    @Test
    void anUnwrittenWordIsReported() {
        LaunchReport report = ptx.launch("unwritten", 1, 64, ptx.empty(64));
        assertReported(report, Kind.UNINITIALISED, "unwritten word");
        assertThat(report.violations()).singleElement().satisfies(v -> assertThat(v.thread()).isEqualTo(56));
    }

    @Test
    void readingUnwrittenGlobalMemoryIsReported() {
        assertThat(ptx.launch("increment", 1, 32, ptx.empty(32), ptx.empty(32), 32).violations())
                .extracting(Violation::kind).containsExactly(Kind.UNINITIALISED);
    }

    @Test
    void freedMemoryIsReported() {
        long in = ptx.ints(new int[32]);
        ptx.gpu.free(in);
        assertThat(ptx.launch("increment", 1, 32, in, ptx.empty(32), 32).violations())
                .extracting(Violation::kind).containsExactly(Kind.USE_AFTER_FREE);
    }

    @Test
    void aMisalignedAddressIsReported() {
        assertThat(ptx.launch("increment", 1, 16, ptx.ints(new int[32]) + 2, ptx.empty(32), 16).violations())
                .extracting(Violation::kind).containsExactly(Kind.MISALIGNED);
    }

    @Test
    void aBarrierInHalfAWarpIsReported() {
        assertReported(ptx.launch("divergent_barrier", 1, 32, ptx.empty(32)), Kind.BARRIER_NOT_REACHED, "half a warp");
    }

    @Test
    void aReadBeforeTheWaitIsReported() {
        long in = ptx.ints(IntStream.range(0, 128).toArray());
        long out = ptx.empty(128);
        assertThat(ptx.launch("staged", 1, 32, in, out).violations()).isEmpty();
        assertThat(ptx.ints(out, 4)).containsExactly(124, 125, 126, 127);
        assertReported(ptx.launch("staged_without_wait", 1, 32, in, out), Kind.READ_BEFORE_WAIT, "not there yet");
    }

    @Test
    void aShuffleWithMissingLanesIsReported() {
        long out = ptx.empty(32);
        assertThat(ptx.launch("shuffled", 1, 32, out, 32).violations()).isEmpty();
        assertThat(ptx.ints(out, 3)).containsExactly(1, 0, 3);
        assertReported(ptx.launch("shuffled", 1, 32, out, 20), Kind.LANES_MISSING, "lanes missing");
    }

    private static int line(String bug) {
        return IntStream.range(0, LINES.size()).filter(i -> LINES.get(i).contains("// bug: " + bug)).findFirst()
                .orElseThrow() + 1;
    }

    private static void assertReported(LaunchReport report, Kind kind, String bug) {
        assertThat(report.violations()).isNotEmpty();
        assertThat(report.violations().getFirst().kind()).isEqualTo(kind);
        assertThat(report.violations().getFirst().source()).endsWith(":" + line(bug));
    }
}
