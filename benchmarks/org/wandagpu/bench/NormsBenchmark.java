package org.wandagpu.bench;

import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.wandagpu.compute.Device;
import org.wandagpu.compute.Tensor;
import org.wandagpu.compute.cpu.CpuDevice;
import org.wandagpu.tensor.DType;
import org.wandagpu.tensor.HostTensor;

/**
 * Column squares: the statistic of one calibration sample, tokens x columns, beside the plain loops over rows and columns.
 *
 * <p>Bound by memory: every activation is read once. The naive form splits the columns over the same threads.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 10, time = 1)
@Fork(1)
public class NormsBenchmark {

    @Param({"2048x4096", "2048x11008"})
    public String shape;

    private final Device device = new CpuDevice(Runtime.getRuntime().availableProcessors());
    private int tokens;
    private int columns;
    private StoredMatrix x;
    private Tensor input;
    private Tensor s;

    @Setup
    public void allocate() {
        tokens = Integer.parseInt(shape.substring(0, shape.indexOf('x')));
        columns = Integer.parseInt(shape.substring(shape.indexOf('x') + 1));
        x = StoredMatrix.random(DType.F32, tokens, columns, 3);
        input = device.copyOf(new HostTensor("x", DType.F32, new long[] {tokens, columns}, x.bytes()));
        s = device.allocate(DType.F32, 1, columns);
    }

    @Benchmark
    public Tensor ours() {
        device.ops().foldColumnSquares(input, tokens, 0, s);
        return s;
    }

    @Benchmark
    public float[] naive() {
        float[] sums = new float[columns];
        int parts = Runtime.getRuntime().availableProcessors();
        IntStream.range(0, parts).parallel().forEach(part -> {
            for (int t = 0; t < tokens; t++) {
                for (int j = columns * part / parts; j < columns * (part + 1) / parts; j++) {
                    float value = x.get((long) t * columns + j);
                    sums[j] += value * value;
                }
            }
        });
        return sums;
    }

    /** One sum after the other in the naive form, so its error may be a rounding a token. */
    @TearDown
    public void check() {
        float[] expected = naive();
        float[] actual = ours().toFloats();
        for (int j = 0; j < columns; j++) {
            if (!(Math.abs(actual[j] - expected[j]) <= 2 * tokens * 0x1p-24f * expected[j])) {
                throw new IllegalStateException("the naive form summed otherwise: column=" + j + ", ours=" + actual[j]
                        + ", naive=" + expected[j]);
            }
        }
        input.close();
        s.close();
        device.close();
    }
}
