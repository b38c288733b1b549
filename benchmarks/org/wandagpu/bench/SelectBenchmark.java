package org.wandagpu.bench;

import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.wandagpu.compute.Tensor;
import org.wandagpu.tensor.DType;

/**
 * Score and select by rows, half of each row, beside a full sort of each row's (score, column) as the published code
 * sorts, and beside the plain reading and writing of as many bytes.
 *
 * <p>Bound by arithmetic on a few cores: some 25 vector operations for 16 weights in half a dozen passes over a row
 * that stays in the first two caches. It reads and writes the weights once; with more cores the memory takes over.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 10, time = 1)
@Fork(1)
public class SelectBenchmark {

    @Param("4096x4096")
    public String shape;

    @Param({"F32", "F16"})
    public DType dtype;

    private WeightRing ring;

    @Setup
    public void allocate() {
        ring = new WeightRing(shape, dtype);
    }

    @Setup(Level.Invocation)
    public void restore() {
        ring.next();
    }

    @Benchmark
    public Tensor ours() {
        ring.device.ops().zeroSmallestInRows(ring.tensor(), ring.s, zeroedPerRow());
        return ring.tensor();
    }

    @Benchmark
    public StoredMatrix naive() {
        StoredMatrix w = ring.matrix();
        ThreadLocal<long[]> pairs = ThreadLocal.withInitial(() -> new long[w.columns()]);
        IntStream.range(0, w.rows()).parallel().forEach(row ->
                w.zeroSmallest(row, 0, w.columns(), ring.statistic, zeroedPerRow(), pairs.get()));
        return w;
    }

    @Benchmark
    public float[] bandwidth() {
        return ring.negate();
    }

    @TearDown
    public void check() {
        ring.check(this::ours, this::naive);
        ring.close();
    }

    private int zeroedPerRow() {
        return ring.statistic.length / 2;
    }
}
