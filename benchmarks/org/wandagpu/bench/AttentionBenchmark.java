package org.wandagpu.bench;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
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
import org.wandagpu.compute.AttentionMask;
import org.wandagpu.compute.Device;
import org.wandagpu.compute.Heads;
import org.wandagpu.compute.Tensor;
import org.wandagpu.compute.cpu.CpuDevice;
import org.wandagpu.tensor.DType;

/**
 * Causal attention over tokens x heads x key heads x dimension, of all tokens (prefill) and of the last one (decode),
 * beside the plain loops over queries, keys and dimensions.
 *
 * <p>Prefill is bound by arithmetic: 2 · tokens² · heads · dimension floating-point operations, and an exponential for
 * each query and key. Decode is bound by memory: 8 · tokens · key heads · dimension bytes, each read once. The naive
 * form splits queries and heads over the same threads.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 10, time = 1)
@Fork(1)
public class AttentionBenchmark {

    @Param({"512x9x3x64", "1024x32x8x128"})
    public String shape;

    private final Device device = new CpuDevice(Runtime.getRuntime().availableProcessors());
    private int tokens;
    private int heads;
    private int keyHeads;
    private int dim;
    private float[] q;
    private float[] k;
    private float[] v;
    private float[] result;
    private Tensor queries;
    private Tensor keys;
    private Tensor values;
    private Tensor out;

    @Setup
    public void allocate() {
        int[] parts = Arrays.stream(shape.split("x")).mapToInt(Integer::parseInt).toArray();
        tokens = parts[0];
        heads = parts[1];
        keyHeads = parts[2];
        dim = parts[3];
        q = random(tokens * heads * dim, 1);
        k = random(tokens * keyHeads * dim, 2);
        v = random(tokens * keyHeads * dim, 3);
        result = new float[q.length];
        queries = tensor(q);
        keys = tensor(k);
        values = tensor(v);
        out = device.allocate(DType.F32, tokens, (long) heads * dim);
    }

    private static float[] random(int length, long seed) {
        Random random = new Random(seed);
        float[] values = new float[length];
        for (int i = 0; i < length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    private Tensor tensor(float[] floats) {
        Tensor tensor = device.allocate(DType.F32, tokens, floats.length / tokens);
        tensor.copyFrom(MemorySegment.ofArray(floats));
        return tensor;
    }

    @Benchmark
    public Tensor prefillOurs() {
        return attend(0);
    }

    @Benchmark
    public float[] prefillNaive() {
        return attendNaively(0);
    }

    @Benchmark
    public Tensor decodeOurs() {
        return attend(tokens - 1);
    }

    @Benchmark
    public float[] decodeNaive() {
        return attendNaively(tokens - 1);
    }

    private Tensor attend(int first) {
        int count = tokens - first;
        device.ops().attention(Heads.adjacent(queries, heads, dim).rows(first, count),
                Heads.adjacent(keys, keyHeads, dim), Heads.adjacent(values, keyHeads, dim), AttentionMask.CAUSAL,
                scale(), count, tokens, out.rows(first, count));
        return out;
    }

    private float scale() {
        return (float) (1 / Math.sqrt(dim));
    }

    private float[] attendNaively(int first) {
        IntStream.range(first * heads, tokens * heads).parallel().forEach(i -> attendNaively(i / heads, i % heads));
        return result;
    }

    private void attendNaively(int query, int head) {
        int keyHead = head / (heads / keyHeads);
        int at = (query * heads + head) * dim;
        float[] weights = new float[query + 1];
        float max = Float.NEGATIVE_INFINITY;
        for (int j = 0; j <= query; j++) {
            for (int d = 0; d < dim; d++) {
                weights[j] += q[at + d] * k[(j * keyHeads + keyHead) * dim + d];
            }
            weights[j] *= scale();
            max = Math.max(max, weights[j]);
        }
        float sum = 0;
        for (int j = 0; j <= query; j++) {
            weights[j] = (float) Math.exp(weights[j] - max);
            sum += weights[j];
        }
        Arrays.fill(result, at, at + dim, 0);
        for (int j = 0; j <= query; j++) {
            for (int d = 0; d < dim; d++) {
                result[at + d] += weights[j] / sum * v[(j * keyHeads + keyHead) * dim + d];
            }
        }
    }

    /** Weights add up to 1 and err by the roundings of a score; values are mixed with a rounding a key. */
    @TearDown
    public void check() {
        for (int first : new int[] {0, tokens - 1}) {
            float[] expected = attendNaively(first);
            float[] actual = attend(first).toFloats();
            for (int i = 0; i < actual.length; i++) {
                if (!(Math.abs(actual[i] - expected[i]) <= (8 * dim + 2 * tokens) * 0x1p-24)) {
                    throw new IllegalStateException("the naive form gave another result: element=" + i + ", ours="
                            + actual[i] + ", naive=" + expected[i]);
                }
            }
        }
        queries.close();
        keys.close();
        values.close();
        out.close();
        device.close();
    }
}
