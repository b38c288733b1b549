package org.wandagpu.bench;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
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
 * The linear layer of tokens x inFeatures x outFeatures, beside three plain loops and OpenBLAS, all on every processor.
 *
 * <p>With hundreds of tokens bound by arithmetic: one vector multiply-add a cycle on a core of Zen 4, two on other
 * cores with AVX-512. With one token, the decode step, bound by memory: every weight is read once. OpenBLAS gets the
 * weights widened to F32 beforehand, not timed; the others widen what is stored.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 7, time = 1)
@Fork(1)
public class GemmBenchmark {

    @Param({"512x576x576", "512x576x1536", "512x1536x576", "512x4096x4096", "1x4096x4096"})
    public String shape;

    @Param({"F32", "F16"})
    public DType dtype;

    private final Device device = new CpuDevice(Runtime.getRuntime().availableProcessors());
    private int tokens;
    private int in;
    private int outputs;
    private StoredMatrix x;
    private StoredMatrix w;
    private float[] values;
    private Tensor input;
    private Tensor weight;
    private Tensor out;
    private MemorySegment wide;
    private MemorySegment wideOut;

    @Setup
    public void allocate() {
        int[] sizes = Arrays.stream(shape.split("x")).mapToInt(Integer::parseInt).toArray();
        tokens = sizes[0];
        in = sizes[1];
        outputs = sizes[2];
        x = StoredMatrix.random(DType.F32, tokens, in, 4);
        w = StoredMatrix.random(dtype, outputs, in, 5);
        values = x.bytes().toArray(ValueLayout.JAVA_FLOAT);
        input = device.place(new HostTensor("x", DType.F32, new long[] {tokens, in}, x.bytes()));
        weight = device.place(new HostTensor("w", dtype, new long[] {outputs, in}, w.bytes()));
        out = device.allocate(DType.F32, tokens, outputs);
        wide = Arena.ofAuto().allocate(ValueLayout.JAVA_FLOAT, (long) outputs * in);
        for (long i = 0; i < (long) outputs * in; i++) {
            wide.setAtIndex(ValueLayout.JAVA_FLOAT, i, w.get(i));
        }
        wideOut = Arena.ofAuto().allocate(ValueLayout.JAVA_FLOAT, (long) tokens * outputs);
    }

    @Benchmark
    public Tensor ours() {
        device.ops().linear(input, weight, null, out);
        return out;
    }

    @Benchmark
    @Warmup(iterations = 1, time = 1)
    @Measurement(iterations = 3, time = 1)
    public float[] naive() {
        float[] products = new float[tokens * outputs];
        IntStream.range(0, outputs).parallel().forEach(o -> {
            float[] row = widened(o);
            for (int t = 0; t < tokens; t++) {
                float sum = 0;
                for (int i = 0; i < in; i++) {
                    sum += values[t * in + i] * row[i];
                }
                products[t * outputs + o] = sum;
            }
        });
        return products;
    }

    @Benchmark
    public MemorySegment openblas(OpenBlas peer) {
        peer.multiply(x.bytes(), wide, wideOut, tokens, in, outputs);
        return wideOut;
    }

    /**
     * Both are sums of the same terms, each rounded at most once a term; a sum of absolute terms is at most the product
     * of the two rows' lengths (Cauchy and Schwarz).
     */
    @TearDown
    public void check() {
        float[] expected = naive();
        float[] actual = ours().toFloats();
        double[] lengthsOfX = lengths(x);
        double[] lengthsOfW = lengths(w);
        for (int i = 0; i < expected.length; i++) {
            double bound = 2 * in * 0x1p-24 * lengthsOfX[i / outputs] * lengthsOfW[i % outputs];
            if (!(Math.abs(actual[i] - expected[i]) <= bound)) {
                throw new IllegalStateException("the naive form gives another product: element=" + i + ", ours="
                        + actual[i] + ", naive=" + expected[i]);
            }
        }
        out.close();
        device.close();
    }

    private float[] widened(int row) {
        float[] values = new float[in];
        for (int i = 0; i < in; i++) {
            values[i] = w.get((long) row * in + i);
        }
        return values;
    }

    private static double[] lengths(StoredMatrix matrix) {
        double[] lengths = new double[matrix.rows()];
        for (int row = 0; row < lengths.length; row++) {
            double squares = 0;
            for (int i = 0; i < matrix.columns(); i++) {
                double value = matrix.get((long) row * matrix.columns() + i);
                squares += value * value;
            }
            lengths[row] = Math.sqrt(squares);
        }
        return lengths;
    }
}
