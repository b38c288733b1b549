package org.wandagpu.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Correct kernels give no report and the same result in every order; with any one barrier, fence, wait or
 * initialisation taken out, or a bound shifted by one, they are reported in a line that needs it.
 */
class MutationTest {

    private static final List<Schedule> SCHEDULES = List.of(Schedule.NATURAL, Schedule.shuffled(1),
            Schedule.shuffled(2), Schedule.shuffled(3), Schedule.shuffled(4));

    /** Launches a kernel on inputs of its own; the result is its output. */
    enum Kernel {
        REDUCTION("barriers") {
            @Override
            int[] run(Ptx ptx, List<Violation> violations) {
                return run(ptx, violations, 2, 256, 2, ptx.ints(floats(512)));
            }
        },
        SCAN("barriers") {
            @Override
            int[] run(Ptx ptx, List<Violation> violations) {
                return run(ptx, violations, 1, 256, 256, ptx.ints(IntStream.range(0, 256).toArray()));
            }
        },
        HISTOGRAM("barriers") {
            @Override
            int[] run(Ptx ptx, List<Violation> violations) {
                long bins = ptx.ints(new int[64]);
                long in = ptx.ints(IntStream.range(0, 256).map(i -> i * 0x01030507).toArray());
                violations.addAll(ptx.launch("histogram", 3, 128, in, bins, 1021).violations());
                return ptx.ints(bins, 64);
            }
        },
        TRANSPOSE("barriers") {
            @Override
            int[] run(Ptx ptx, List<Violation> violations) {
                long in = ptx.ints(IntStream.range(0, 64 * 128).toArray());
                long out = ptx.empty(64 * 128);
                violations.addAll(ptx.launch("transpose", new int[] {2, 2, 1}, new int[] {32, 8, 1}, in, out, 128, 64)
                        .violations());
                return ptx.ints(out, 64 * 128);
            }
        },
        LAST_BLOCK("barriers") {
            @Override
            int[] run(Ptx ptx, List<Violation> violations) {
                long sum = ptx.empty(1);
                violations.addAll(ptx.launch("last_block", 70, 64, ptx.ints(IntStream.range(0, 64 * 70).toArray()),
                        ptx.empty(70), sum).violations());
                return ptx.ints(sum, 1);
            }
        },
        PRODUCER_CONSUMER("barriers") {
            @Override
            int[] run(Ptx ptx, List<Violation> violations) {
                return run(ptx, violations, 1, 64, 9 * 32, ptx.ints(IntStream.range(0, 9 * 32).toArray()), 9);
            }
        },
        GEMM("gemm") {
            @Override
            int[] run(Ptx ptx, List<Violation> violations) {
                long c = ptx.empty(32 * 32);
                violations.addAll(ptx.launch("gemm", new int[] {2, 2, 1}, new int[] {16, 16, 1},
                        ptx.ints(floats(32 * 128)), ptx.ints(floats(128 * 32)), c, 32, 128).violations());
                return ptx.ints(c, 32 * 32);
            }
        },
        STENCIL("bounds") {
            @Override
            int[] run(Ptx ptx, List<Violation> violations) {
                long out = ptx.ints(new int[100]);
                violations.addAll(ptx.launch("stencil", 2, 64, ptx.ints(new int[100]), out, 100).violations());
                return ptx.ints(out, 100);
            }
        },
        SCALE("bounds") {
            @Override
            int[] run(Ptx ptx, List<Violation> violations) {
                long w = ptx.ints(floats(5 * 9));
                violations.addAll(ptx.launch("scale", new int[] {2, 2, 1}, new int[] {8, 4, 1}, w, 5, 9).violations());
                return ptx.ints(w, 5 * 9);
            }
        },
        PAIRS("bounds") {
            @Override
            int[] run(Ptx ptx, List<Violation> violations) {
                return run(ptx, violations, 1, 64, 64, ptx.ints(floats(64)), 64);
            }
        },
        COUNTED("bounds") {
            @Override
            int[] run(Ptx ptx, List<Violation> violations) {
                long count = ptx.ints(0);
                violations.addAll(ptx.launch("counted", 2, 64, count, ptx.ints(floats(100)), 100).violations());
                return ptx.ints(count, 1);
            }
        };

        final String module;

        Kernel(String module) {
            this.module = module;
        }

        abstract int[] run(Ptx ptx, List<Violation> violations);

        /** For a kernel with an input, an output and further parameters. */
        int[] run(Ptx ptx, List<Violation> violations, int blocks, int threads, int outputs, Object... parameters) {
            List<Object> all = new ArrayList<>(List.of(parameters));
            long out = ptx.empty(outputs);
            all.add(1, out);
            violations.addAll(ptx.launch(entry(), blocks, threads, all.toArray()).violations());
            return ptx.ints(out, outputs);
        }

        String entry() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private record Mutant(Kernel kernel, String mark) {
    }

    static List<Mutant> mutants() {
        List<Mutant> all = new ArrayList<>();
        for (Kernel kernel : Kernel.values()) {
            new Mutation(kernel.module).marks(kernel.entry())
                    .forEach(mark -> all.add(new Mutant(kernel, mark)));
        }
        return all;
    }

    @ParameterizedTest
    @EnumSource
    void correctKernelsGiveNoReportInAnyOrder(Kernel kernel) {
        int[] expected = null;
        for (Schedule schedule : SCHEDULES) {
            List<Violation> violations = new ArrayList<>();
            int[] found = kernel.run(Ptx.resource(kernel.module + ".ptx", schedule), violations);
            assertThat(violations).as("%s", schedule).isEmpty();
            expected = expected == null ? found : expected;
            assertThat(found).as("%s", schedule).isEqualTo(expected);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("mutants")
    void aPlantedBugIsReportedWhereItMatters(Mutant mutant) {
        Mutation mutation = new Mutation(mutant.kernel.module);
        for (Schedule schedule : SCHEDULES) {
            List<Violation> violations = new ArrayList<>();
            mutant.kernel.run(mutation.at(mutant.mark, schedule), violations);
            assertThat(violations).as("%s", schedule)
                    .anyMatch(violation -> mutation.isAtNeedOf(mutant.mark, violation));
        }
    }

    private static int[] floats(int count) {
        return new Random(count).ints(count, -4, 5).map(i -> Float.floatToRawIntBits(i)).toArray();
    }
}
