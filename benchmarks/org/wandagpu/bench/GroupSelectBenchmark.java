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
import org.wandagpu.tensor.NmPattern;

/**
 * N:M selection beside a sort of each group's (score, column), and beside the plain reading and writing of as many
 * bytes: ours ÷ bandwidth is the share of the memory's bandwidth.
 *
 * <p>2:4 is bound by memory; 4:8 of 16-bit weights by arithmetic, some 40 vector operations for 32 weights.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 10, time = 1)
@Fork(1)
public class GroupSelectBenchmark {

    @Param("4096x4096")
    public String shape;

    @Param({"F32", "F16"})
    public DType dtype;

    @Param({"2:4", "4:8"})
    public String pattern;

    private WeightRing ring;
    private NmPattern parsed;

    @Setup
    public void allocate() {
        ring = new WeightRing(shape, dtype);
        String[] keptAndSize = pattern.split(":");
        parsed = new NmPattern(Integer.parseInt(keptAndSize[0]), Integer.parseInt(keptAndSize[1]));
    }

    @Setup(Level.Invocation)
    public void restore() {
        ring.next();
    }

    @Benchmark
    public Tensor ours() {
        ring.device.ops().zeroSmallestInGroups(ring.tensor(), ring.s, parsed);
        return ring.tensor();
    }

    @Benchmark
    public StoredMatrix naive() {
        StoredMatrix w = ring.matrix();
        int groupSize = parsed.groupSize();
        ThreadLocal<long[]> pairs = ThreadLocal.withInitial(() -> new long[groupSize]);
        IntStream.range(0, w.rows()).parallel().forEach(row -> {
            for (int from = 0; from < w.columns(); from += groupSize) {
                int to = Math.min(w.columns(), from + groupSize);
                w.zeroSmallest(row, from, to, ring.statistic, parsed.zeroedPerGroup(), pairs.get());
            }
        });
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
}
