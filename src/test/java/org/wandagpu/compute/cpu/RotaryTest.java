package org.wandagpu.compute.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.wandagpu.compute.Device;
import org.wandagpu.compute.Heads;
import org.wandagpu.compute.Tensor;
import org.wandagpu.tensor.DType;

class RotaryTest {

    private static final long SEED = 20260505;

    @ParameterizedTest(name = "{0} tokens of {1} from {2}, {3} heads of {4}, {5} pairs")
    @CsvSource({"1,1,0,1,2,1", "6,3,2,2,8,4", "10,5,0,3,64,32", "8,8,7,2,64,8", "3,3,0,4,80,40", "5,5,1,1,20,3",
        "600,300,9,3,128,64", "4,2,0,2,100,37"})
    void pairsTurnByTheirAngleAndTheRestStays(int tokens, int seqlen, int first, int heads, int dim, int pairs) {
        int stride = dim + 3;
        int columns = 1 + heads * stride;
        Random random = new Random(SEED);
        float[] x = Operand.random(random, DType.F32, tokens, columns).values();
        float[] cos = Operand.random(random, DType.F32, first + seqlen, pairs).values();
        float[] sin = Operand.random(random, DType.F32, first + seqlen, pairs).values();
        Layout layout = new Layout(1, stride, heads, dim);
        Angles angles = new Angles(cos, sin, pairs, first, seqlen);
        float[] actual = rotate(1, x, columns, angles, layout);
        for (int i = 0; i < x.length; i++) {
            int inHead = (i % columns - 1) % stride;
            boolean rotated = i % columns > 0 && inHead < 2 * pairs;
            if (!rotated) {
                assertThat(actual[i]).as("element %d", i).isEqualTo(x[i]);
                continue;
            }
            boolean low = inHead < pairs;
            int angle = (first + i / columns % seqlen) * pairs + inHead % pairs;
            double own = (double) x[i] * cos[angle];
            double other = low ? -(double) x[i + pairs] * sin[angle] : (double) x[i - pairs] * sin[angle];
            // two products and their sum, each rounded once
            double bound = 0x1p-24 * (Math.abs(own) + Math.abs(other) + Math.abs(own + other)) * (1 + 0x1p-20)
                    + 3 * Float.MIN_VALUE;
            assertThat(Math.abs(actual[i] - (own + other)) <= bound)
                    .as("seed %d, element %d: %s, expected %s", SEED, i, actual[i], own + other).isTrue();
        }
        for (int threads : new int[] {2, 7}) {
            assertThat(rotate(threads, x, columns, angles, layout))
                    .as("threads " + threads).isEqualTo(actual);
        }
    }

    private record Layout(int offset, int stride, int heads, int dim) {
        Heads of(Tensor tensor) {
            return new Heads(tensor, offset, stride, heads, dim);
        }
    }

    private record Angles(float[] cos, float[] sin, int pairs, int first, int seqlen) {
    }

    private static float[] rotate(int threads, float[] x, int columns, Angles angles, Layout layout) {
        try (Device device = new CpuDevice(threads); Tensor rows = AttentionCase.tensor(device, x, columns);
                Tensor cos = AttentionCase.tensor(device, angles.cos, angles.pairs);
                Tensor sin = AttentionCase.tensor(device, angles.sin, angles.pairs)) {
            device.ops().rope(layout.of(rows), cos, sin, angles.first, angles.seqlen);
            return rows.toFloats();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void headsMoveBetweenLayoutsBitForBit(boolean adjacent) {
        int tokens = 700;
        int dim = 20;
        Layout from = adjacent ? new Layout(2, dim, 3, dim) : new Layout(1, 3 * dim, 3, dim);
        Layout to = adjacent ? new Layout(1, dim, 3, dim) : new Layout(4, dim, 3, dim);
        float[] x = Operand.random(new Random(SEED), DType.F32, tokens, 200).values();
        float[] y = Operand.random(new Random(SEED + 1), DType.F32, tokens, 70).values();
        float[] expected = y.clone();
        for (int t = 0; t < tokens; t++) {
            for (int h = 0; h < 3; h++) {
                System.arraycopy(x, t * 200 + from.offset + h * from.stride, expected,
                        t * 70 + to.offset + h * to.stride, dim);
            }
        }
        for (int threads : new int[] {1, 2, 7}) {
            try (Device device = new CpuDevice(threads); Tensor source = AttentionCase.tensor(device, x, 200);
                    Tensor target = AttentionCase.tensor(device, y, 70)) {
                device.ops().copyHeads(from.of(source), to.of(target));
                assertThat(target.toFloats()).as("threads " + threads).isEqualTo(expected);
            }
        }
    }
}
