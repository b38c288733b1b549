package org.wandagpu.bench;

import java.lang.foreign.MemorySegment;
import java.util.Random;
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

/**
 * RMSNorm and LayerNorm of tokens x columns beside the plain loops over each row.
 *
 * <p>Bound by memory: rows are read and written once, 8 bytes an element; all sums but the first run over a row that
 * lies in the first cache. The naive forms split the rows over the same threads and are bound by the latency of their
 * one sum.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 10, time = 1)
@Fork(1)
public class LayerNormBenchmark {

    private static final float EPSILON = 1e-5f;

    @Param({"512x576", "2048x4096"})
    public String shape;

    private final Device device = new CpuDevice(Runtime.getRuntime().availableProcessors());
    private int columns;
    private float[] x;
    private float[] gain;
    private float[] bias;
    private float[] result;
    private Tensor input;
    private Tensor gains;
    private Tensor biases;
    private Tensor out;

    @Setup
    public void allocate() {
        int tokens = Integer.parseInt(shape.substring(0, shape.indexOf('x')));
        columns = Integer.parseInt(shape.substring(shape.indexOf('x') + 1));
        x = random(tokens * columns, 1);
        gain = random(columns, 2);
        bias = random(columns, 3);
        result = new float[x.length];
        input = tensor(x, tokens);
        gains = tensor(gain, 1);
        biases = tensor(bias, 1);
        out = device.allocate(DType.F32, tokens, columns);
    }

    private static float[] random(int length, long seed) {
        Random random = new Random(seed);
        float[] values = new float[length];
        for (int i = 0; i < length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    private Tensor tensor(float[] values, int rows) {
        Tensor tensor = device.allocate(DType.F32, rows, values.length / rows);
        tensor.copyFrom(MemorySegment.ofArray(values));
        return tensor;
    }

    @Benchmark
    public Tensor rmsOurs() {
        device.ops().rmsNorm(input, gains, EPSILON, out);
        return out;
    }

    @Benchmark
    public float[] rmsNaive() {
        IntStream.range(0, x.length / columns).parallel().forEach(t -> {
            float squares = 0;
            for (int i = t * columns; i < (t + 1) * columns; i++) {
                squares += x[i] * x[i];
            }
            float factor = (float) (1 / Math.sqrt(squares / columns + EPSILON));
            for (int i = 0; i < columns; i++) {
                result[t * columns + i] = x[t * columns + i] * factor * gain[i];
            }
        });
        return result;
    }

    @Benchmark
    public Tensor layerOurs() {
        device.ops().layerNorm(input, gains, biases, EPSILON, out);
        return out;
    }

    @Benchmark
    public float[] layerNaive() {
        IntStream.range(0, x.length / columns).parallel().forEach(t -> {
            float sum = 0;
            for (int i = t * columns; i < (t + 1) * columns; i++) {
                sum += x[i];
            }
            float mean = sum / columns;
            float squares = 0;
            for (int i = t * columns; i < (t + 1) * columns; i++) {
                squares += (x[i] - mean) * (x[i] - mean);
            }
            float factor = (float) (1 / Math.sqrt(squares / columns + EPSILON));
            for (int i = 0; i < columns; i++) {
                result[t * columns + i] = (x[t * columns + i] - mean) * factor * gain[i] + bias[i];
            }
        });
        return result;
    }

    /** A naive sum of n terms errs by n roundings at most. */
    @TearDown
    public void check() {
        check(rmsNaive(), rmsOurs());
        check(layerNaive(), layerOurs());
        input.close();
        gains.close();
        biases.close();
        out.close();
        device.close();
    }

    private void check(float[] expected, Tensor actual) {
        float[] values = actual.toFloats();
        for (int i = 0; i < values.length; i++) {
            if (!(Math.abs(values[i] - expected[i]) <= columns * 0x1p-24 * (1 + Math.abs(expected[i])))) {
                throw new IllegalStateException("the naive form gave another result: element=" + i + ", ours="
                        + values[i] + ", naive=" + expected[i]);
            }
        }
    }
}
