package org.wandagpu.compute.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.wandagpu.compute.cpu.AttentionCase.Shape;
import org.wandagpu.compute.Device;
import org.wandagpu.compute.Heads;
import org.wandagpu.compute.Tensor;
import org.wandagpu.oracle.OracleHeadMix;
import org.wandagpu.tensor.DType;

class AttentionTest {

    private static final long SEED = 20260202;

    @ParameterizedTest(name = "{0} sequences, {1} queries, {2} keys, {3} heads on {4} of {5}, window {6}, ALiBi {7}")
    @CsvSource({
        "1,1,1,1,1,1,0,false", "2,7,7,3,1,8,0,false", "1,17,17,4,2,64,0,false", "2,50,50,9,3,64,0,false",
        "1,129,129,2,2,32,0,true", "1,300,300,2,1,16,0,false", "1,300,300,2,1,16,0,true", "3,5,5,8,1,80,0,true",
        "1,150,150,2,2,20,1,false", "1,150,150,3,1,12,7,false", "1,290,290,1,1,8,130,false", "1,64,64,2,1,6,40,true",
        "1,40,40,5,1,5,0,false", "1,33,33,6,1,13,0,false", "1,33,33,7,1,24,11,false", "1,20,20,8,1,128,0,true",
        "1,9,140,4,2,16,0,false", "2,3,200,4,4,48,0,true", "1,30,170,6,2,8,135,false", "1,2,5,71,1,4,0,false",
        "1,1,2,1,1,3,0,false", "1,1,127,4,2,64,0,false", "2,1,128,2,2,32,0,true", "1,1,129,6,3,80,0,false",
        "3,1,700,8,1,20,0,true", "1,1,500,4,2,16,300,false", "2,1,64,3,3,100,1,false", "1,1,1000,2,1,5,0,false"
    })
    void agreesWithTheOracle(int sequences, int queries, int keys, int heads, int keyHeads, int dim, int window,
            boolean alibi) {
        Shape shape = new Shape(sequences, queries, keys, heads, keyHeads, dim, window);
        AttentionCase call = AttentionCase.random(SEED, shape, alibi);
        assertAgrees(call, call.run(2));
    }

    private static void assertAgrees(AttentionCase call, float[] actual) {
        Shape shape = call.shape();
        for (int sequence = 0; sequence < shape.sequences(); sequence++) {
            for (int query = 0; query < shape.queryLength(); query++) {
                for (int head = 0; head < shape.heads(); head++) {
                    OracleHeadMix expected = call.expected(sequence, query, head);
                    for (int d = 0; d < shape.dim(); d++) {
                        float value = actual[shape.at(sequence, query, head, d)];
                        if (!(Math.abs(value - expected.values()[d]) <= expected.bounds()[d])) {
                            throw new AssertionError("seed " + SEED + ", sequence " + sequence + ", query " + query
                                    + ", head " + head + ", dimension " + d + ": was " + value + ", expected "
                                    + expected.values()[d] + " within " + expected.bounds()[d]);
                        }
                    }
                }
            }
        }
    }

    @ParameterizedTest(name = "{0} queries, {1} keys")
    @CsvSource({"60,60", "130,130", "1,600", "5,260"})
    void bitsAreThoseOfOneThreadForAnyNumber(int queries, int keys) {
        AttentionCase call = AttentionCase.random(SEED, new Shape(2, queries, keys, 6, 2, 24, 0), true);
        float[] one = call.run(1);
        for (int threads : new int[] {2, 7}) {
            assertThat(call.run(threads)).as("threads " + threads).isEqualTo(one);
        }
    }

    @ParameterizedTest(name = "{0} queries, {1} keys")
    @CsvSource({"70,70", "1,300", "3,150"})
    void aSequenceHasTheSameBitsAloneAndAmongOthers(int queries, int keys) {
        AttentionCase all = AttentionCase.random(SEED, new Shape(3, queries, keys, 4, 2, 16, 50), false);
        float[] together = all.run(2);
        for (int i = 0; i < 3; i++) {
            AttentionCase one = new AttentionCase(new Shape(1, queries, keys, 4, 2, 16, 50), null, third(all.q(), i),
                    third(all.k(), i), third(all.v(), i));
            assertThat(one.run(2)).as("sequence " + i).isEqualTo(third(together, i));
        }
    }

    private static float[] third(float[] values, int index) {
        int length = values.length / 3;
        return Arrays.copyOfRange(values, index * length, (index + 1) * length);
    }

    @ParameterizedTest(name = "{0} tokens")
    @ValueSource(ints = {1, 40, 133})
    void fusedLayoutsGiveTheBitsOfSeparateTensors(int tokens) {
        int heads = 3;
        int dim = 20;
        AttentionCase call = AttentionCase.random(SEED, new Shape(1, tokens, tokens, heads, heads, dim, 0), false);
        float[] fused = new float[tokens * heads * dim * 3];
        for (int i = 0; i < call.q().length; i++) {
            int at = i / dim * 3 * dim + i % dim;
            fused[at] = call.q()[i];
            fused[at + dim] = call.k()[i];
            fused[at + 2 * dim] = call.v()[i];
        }
        try (Device device = new CpuDevice(2); Tensor qkv = AttentionCase.tensor(device, fused, heads * dim * 3);
                Tensor out = device.allocate(DType.F32, tokens, heads * dim)) {
            call.attend(device, new Heads(qkv, 0, 3 * dim, heads, dim), new Heads(qkv, dim, 3 * dim, heads, dim),
                    new Heads(qkv, 2 * dim, 3 * dim, heads, dim), out);
            assertThat(out.toFloats()).isEqualTo(call.run(2));
        }
    }

    @Test
    void oneQueryAgreesWithTheLastOfMany() {
        AttentionCase prefill = AttentionCase.random(SEED, new Shape(1, 200, 200, 4, 2, 32, 150), true);
        float[] last = Arrays.copyOfRange(prefill.q(), 199 * 4 * 32, 200 * 4 * 32);
        AttentionCase decode = new AttentionCase(new Shape(1, 1, 200, 4, 2, 32, 150), prefill.slopes(), last,
                prefill.k(), prefill.v());
        float[] many = prefill.run(2);
        float[] one = decode.run(2);
        for (int head = 0; head < 4; head++) {
            double[] bounds = decode.expected(0, 0, head).bounds();
            for (int d = 0; d < 32; d++) {
                float expected = many[prefill.shape().at(0, 199, head, d)];
                assertThat(Math.abs(one[decode.shape().at(0, 0, head, d)] - expected) <= 2 * bounds[d])
                        .as("head %d, dimension %d", head, d).isTrue();
            }
        }
    }

    @ParameterizedTest(name = "{0} queries, {1} keys")
    @CsvSource({"90,90", "4,180", "1,300"})
    void aKeyThatIsNotANumberReachesExactlyTheQueriesThatSeeIt(int queries, int keys) {
        AttentionCase call = AttentionCase.random(SEED, new Shape(2, queries, keys, 4, 2, 16, 60), false);
        float[] expected = call.run(2);
        int key = keys - 30;
        call.k()[((keys + key) * 2 + 1) * 16 + 3] = Float.NaN; // sequence 1, key head 1
        for (int i = expected.length / 2; i < expected.length; i++) {
            if (i / 16 % 4 >= 2 && call.shape().sees(i / 64 % queries, key)) {
                expected[i] = Float.NaN;
            }
        }
        assertThat(call.run(2)).isEqualTo(expected);
    }

    /** A query that does not see the value gives it the weight 0, and 0 · NaN is NaN where both are in one block. */
    @ParameterizedTest(name = "{0} queries, {1} keys")
    @CsvSource({"90,90", "4,180", "1,300"})
    void aValueThatIsNotANumberStaysInItsSequenceHeadAndDimension(int queries, int keys) {
        AttentionCase call = AttentionCase.random(SEED, new Shape(2, queries, keys, 4, 2, 16, 60), false);
        float[] clean = call.run(2);
        int key = keys - 30;
        call.v()[((keys + key) * 2 + 1) * 16 + 3] = Float.NaN; // sequence 1, key head 1, dimension 3
        float[] actual = call.run(2);
        for (int i = 0; i < actual.length; i++) {
            boolean touched = i >= actual.length / 2 && i / 16 % 4 >= 2 && i % 16 == 3;
            if (touched && call.shape().sees(i / 64 % queries, key)) {
                assertThat(actual[i]).as("element %d", i).isNaN();
            } else if (!touched) {
                assertThat(actual[i]).as("element %d", i).isEqualTo(clean[i]);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 70})
    void greatestScoresShareAllWeightNearTheEndOfTheRange(int queries) {
        AttentionCase call = AttentionCase.random(SEED, new Shape(1, queries, 70, 1, 1, 4, 0), false);
        Arrays.fill(call.q(), 1e18f);
        for (int i = 0; i < call.k().length; i++) {
            call.k()[i] = (i / 4 % 7 - 3) * 1e19f; // scores from -3.6e37 to 3.6e37, the same every seven keys
        }
        float[] actual = call.run(2);
        for (int i = 0; i < actual.length; i++) {
            int last = 70 - queries + i / 4;
            int d = i % 4;
            int[] greatest = IntStream.rangeClosed(0, last).filter(key -> key % 7 == Math.min(last, 6)).toArray();
            double mean = Arrays.stream(greatest).mapToDouble(key -> call.v()[key * 4 + d]).average().orElseThrow();
            double size = Arrays.stream(greatest).mapToDouble(key -> Math.abs(call.v()[key * 4 + d])).sum();
            assertThat(Math.abs(actual[i] - mean) <= size * 0x1p-23 + Float.MIN_VALUE)
                    .as("element %d: %s, expected %s", i, actual[i], mean).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 70})
    void subnormalKeysWeighAllValuesAlike(int queries) {
        AttentionCase call = AttentionCase.random(SEED, new Shape(1, queries, 70, 1, 1, 4, 0), false);
        Arrays.fill(call.k(), Float.MIN_VALUE);
        assertAgrees(call, call.run(2));
    }

    @ParameterizedTest(name = "{0} queries, {1} keys")
    @CsvSource({"20,20", "1,20"})
    void interpretedAndCompiledCodeGiveTheSameBits(int queries, int keys) {
        AttentionCase call = AttentionCase.random(SEED, new Shape(1, queries, keys, 2, 1, 20, 15), true);
        float[] first = call.run(1);
        try (Device device = new CpuDevice(1); Tensor q = AttentionCase.tensor(device, call.q(), 40);
                Tensor k = AttentionCase.tensor(device, call.k(), 20);
                Tensor v = AttentionCase.tensor(device, call.v(), 20);
                Tensor out = device.allocate(DType.F32, queries, 40)) {
            for (int round = 0; round < 20_000; round++) {
                call.attend(device, Heads.adjacent(q, 2, 20), Heads.adjacent(k, 1, 20), Heads.adjacent(v, 1, 20), out);
            }
            assertThat(out.toFloats()).isEqualTo(first);
        }
    }
}
