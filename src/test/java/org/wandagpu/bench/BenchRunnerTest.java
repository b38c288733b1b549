package org.wandagpu.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.wandagpu.bench.BenchRunner.Options;
import org.wandagpu.failure.UsageException;
import org.wandagpu.result.BenchResult.Row;

class BenchRunnerTest {

    private static final String GROUP = "sum-of-squares";

    private final BenchRunner runner = new BenchRunner();

    @Test
    void everyCandidateIsSetAgainstTheBaselineOfItsCaseAndShape() {
        List<Row> told = new ArrayList<>();
        List<Row> rows = runner.run(new Options(List.of(GROUP), List.of("100000"), true), told::addAll);

        assertThat(rows).isEqualTo(told)
                .extracting(Row::name, Row::shape, Row::baseline, Row::candidate, Row::unit)
                .containsExactlyInAnyOrder(
                        tuple(GROUP, "100000", "naive", "ours", "us/op"),
                        tuple(GROUP + " root", "100000", "naive", "ours", "us/op"));
        assertThat(rows).allSatisfy(row -> {
            assertThat(row.low()).isPositive().isLessThanOrEqualTo(row.median());
            assertThat(row.high()).isGreaterThanOrEqualTo(row.median());
            assertThat(row.ratio()).as("a formula against a loop of 100000 terms").isGreaterThan(10);
        });
    }

    @Test
    void anUnknownGroupIsRefusedWithTheKnownOnes() {
        assertThat(runner.groups()).contains(GROUP);
        assertThatThrownBy(() -> runner.run(new Options(List.of("gem"), List.of(), true), rows -> { }))
                .isInstanceOf(UsageException.class)
                .hasMessage("no benchmark group 'gem': there are " + String.join(", ", runner.groups()));
    }

    @ParameterizedTest
    @CsvSource({"org.wandagpu.bench.GemmBenchmark, gemm", "GroupSelectBenchmark, group-select", "a.b.C4, c4"})
    void groupsAreNamedAfterTheirClass(String className, String group) {
        assertThat(Benchmarks.groupOf(className)).isEqualTo(group);
    }
}
