package org.wandagpu.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Functions that the compiler does not inline, and what CUDA gives kernels beside them. */
class CallsTest {

    private static final int THREADS = 64;

    private final Ptx ptx = Ptx.resource("calls.ptx");

    @Test
    void functionsCallThemselves() {
        int width = 16;
        int[] values = new Random(1).ints(THREADS * width, 0, 1000).toArray();
        long rows = ptx.ints(values);
        long ackermanns = ptx.empty(THREADS);
        assertThat(ptx.launch("recursion", 1, THREADS, ackermanns, rows, width).violations()).isEmpty();
        assertThat(ptx.ints(ackermanns, THREADS))
                .isEqualTo(IntStream.range(0, THREADS).map(t -> 2 * (t % 4) + 3).toArray());
        for (int i = 0; i < values.length; i += width) {
            Arrays.sort(values, i, i + width);
        }
        assertThat(ptx.ints(rows, values.length)).isEqualTo(values);
    }

    @Test
    void structuresAreGivenAndReturnedByValue() {
        long out = ptx.empty(THREADS);
        assertThat(ptx.launch("structures", 1, THREADS, out).violations()).isEmpty();
        assertThat(ptx.ints(out, THREADS))
                .isEqualTo(IntStream.range(0, THREADS).map(t -> t + 4 + 3 + 2 * t + t + 1).toArray());
    }

    @Test
    void pointersCallWhatEachLaneNames() {
        long out = ptx.empty(THREADS);
        long areas = ptx.empty(THREADS);
        assertThat(ptx.launch("pointers", 1, THREADS, out, areas).violations()).isEmpty();
        assertThat(ptx.ints(out, THREADS)).isEqualTo(IntStream.range(0, THREADS)
                .map(t -> t % 3 == 0 ? t + 1 : t % 3 == 1 ? t * t : -t).toArray());
        assertThat(ptx.ints(areas, THREADS))
                .isEqualTo(IntStream.range(0, THREADS).map(t -> t % 2 == 1 ? t * t : 3 * t).toArray());
    }

    @Test
    void switchesBranchByTable() {
        int[] in = new Random(2).ints(100, 0, 11).toArray();
        long out = ptx.ints(new int[in.length]);
        assertThat(ptx.launch("choices", 1, 128, ptx.ints(in), out, in.length).violations()).isEmpty();
        assertThat(ptx.ints(out, in.length)).isEqualTo(IntStream.range(0, in.length).map(i -> switch (in[i]) {
            case 0 -> 7;
            case 1 -> 3 * i;
            case 2 -> (2 ^ i) + 100;
            case 3 -> 103;
            case 4 -> -4;
            case 5 -> i << 2;
            case 6 -> 1;
            case 7 -> i / 3;
            case 8 -> 0;
            default -> 9999;
        }).toArray());
    }

    @Test
    void printfIsCollected() {
        assertThat(ptx.launch("messages", 1, 2, 42, 1.5).output()).isEqualTo("""
                thread 0 of  42:  0.00|ab    |00000ca2|1.5e-07 123456789012345 z%
                thread 1 of  42:  1.50|ab    |00000ca2|1.5e-07 123456789012345 z%
                """);
    }

    @Test
    void aFailedAssertionIsReportedWithItsText() {
        LaunchReport report = ptx.launch("asserts", 1, 4, 3);
        assertThat(report.violations()).extracting(Violation::kind).containsExactly(Violation.Kind.ASSERTION_FAILED);
        assertThat(report.output()).contains("thread 3: assertion `threadIdx.x < n` failed");
        assertThat(ptx.launch("asserts", 1, 4, 4).violations()).isEmpty();
    }

    @Test
    void aTrapIsReported() {
        assertThat(ptx.launch("traps", 1, THREADS, 33).violations()).singleElement()
                .satisfies(found -> assertThat(found.kind()).isEqualTo(Violation.Kind.TRAPPED))
                .satisfies(found -> assertThat(found.thread()).isEqualTo(33));
        assertThat(ptx.launch("traps", 1, THREADS, THREADS).violations()).isEmpty();
    }

    @Test
    void endlessRecursionRunsOutOfLocalMemory() {
        assertThat(ptx.launch("overflows", 1, 1, ptx.empty(1)).violations()).extracting(Violation::kind)
                .containsExactly(Violation.Kind.STACK_OVERFLOW);
    }

    @Test
    void kernelsAllocate() {
        long out = ptx.empty(8);
        assertThat(ptx.launch("heap", 1, 8, out).violations()).isEmpty();
        assertThat(ptx.ints(out, 8)).isEqualTo(IntStream.range(0, 8).map(t -> 5 * t).toArray());
    }

    @Test
    void arraysHaveALengthGivenAtRunTime() {
        int n = 9;
        long out = ptx.empty(32);
        assertThat(ptx.launch("variable_length", 1, 32, out, n).violations()).isEmpty();
        int[] found = ptx.ints(out, 32);
        for (int t = 0; t < 32; t++) {
            int sum = 0;
            for (int i = n - 1; i >= 0; i--) {
                sum = sum * 3 + i * t;
            }
            assertThat(found[t]).isEqualTo(sum);
        }
    }
}
