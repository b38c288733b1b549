package org.wandagpu.bench;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
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
import org.wandagpu.tensor.MetadataOrder;

/**
 * 2:4 selection and compression in one, beside a sort of each group's (score, column) and the packing of what it keeps.
 *
 * <p>Bound by the packing, one group at a time; selection itself runs at the memory's speed (group-select).
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 10, time = 1)
@Fork(1)
public class CompressBenchmark {

    private static final int GROUP = 4;

    @Param("4096x4096")
    public String shape;

    private WeightRing ring;
    private Tensor values;
    private MemorySegment metadata;

    @Setup
    public void allocate() {
        ring = new WeightRing(shape, DType.F16);
        StoredMatrix w = ring.matrix();
        values = ring.device.allocate(DType.F16, w.rows(), w.columns() / 2);
        metadata = Arena.ofAuto().allocate(MetadataOrder.bytes(w.rows(), w.columns()), Long.BYTES);
    }

    @Setup(Level.Invocation)
    public void restore() {
        ring.next();
    }

    @Benchmark
    public Tensor ours() {
        ring.device.ops().compress24(ring.tensor(), ring.s, MetadataOrder.ROW_MAJOR, values, metadata);
        return values;
    }

    @Benchmark
    public byte[] naive() {
        StoredMatrix w = ring.matrix();
        byte[] kept = new byte[w.rows() * w.columns()];
        MemorySegment target = MemorySegment.ofArray(kept);
        ThreadLocal<long[]> pairs = ThreadLocal.withInitial(() -> new long[GROUP]);
        IntStream.range(0, w.rows()).parallel().forEach(row -> {
            for (int from = 0; from < w.columns(); from += GROUP) {
                w.zeroSmallest(row, from, from + GROUP, ring.statistic, GROUP / 2, pairs.get());
                pack(w, (long) row * w.columns() + from, target);
            }
        });
        return kept;
    }

    /** The two that are not zero, or as many as there are. */
    private static void pack(StoredMatrix w, long first, MemorySegment target) {
        long at = first / 2;
        for (long i = first; i < first + GROUP && at < first / 2 + 2; i++) {
            short bits = w.bytes().getAtIndex(ValueLayout.JAVA_SHORT, i);
            if (bits != 0) {
                target.setAtIndex(ValueLayout.JAVA_SHORT_UNALIGNED, at++, bits);
            }
        }
    }

    /** Weights are normal: no group has a zero of its own. */
    @TearDown
    public void check() {
        restore();
        byte[] expected = naive();
        restore();
        byte[] actual = new byte[expected.length];
        ours().copyTo(MemorySegment.ofArray(actual));
        int different = 0;
        for (int i = 0; i < actual.length; i++) {
            different += actual[i] != expected[i] ? 1 : 0;
        }
        if (different > actual.length / 1000) { // a weight may be so small that it is stored as zero
            throw new IllegalStateException("the naive form keeps others: bytes=" + different);
        }
        values.close();
        ring.close();
    }
}
