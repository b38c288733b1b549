package org.wandagpu.bench;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** A benchmark for the tests of what runs benchmarks, with a case without a name and one with. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class SumOfSquaresBenchmark {

    @Param("1000000")
    private String shape;

    private int terms;

    @Setup
    public void readShape() {
        terms = Integer.parseInt(shape);
    }

    @Benchmark
    public double ours() {
        double n = terms;
        return n * (n + 1) * (2 * n + 1) / 6;
    }

    @Benchmark
    public double naive() {
        double sum = 0;
        for (int i = 1; i <= terms; i++) {
            sum += (double) i * i;
        }
        return sum;
    }

    @Benchmark
    public double rootOurs() {
        return Math.sqrt(ours());
    }

    @Benchmark
    public double rootNaive() {
        return Math.sqrt(naive());
    }
}
