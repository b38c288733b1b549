package org.wandagpu.compute.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.wandagpu.oracle.OracleHeadMix;
import org.wandagpu.simulator.Schedule;
import org.wandagpu.tensor.DType;
import org.wandagpu.tensor.Half;

/** The attention kernel as it ships, on the simulated GPU, against softmax attention in double. */
class AttentionKernelTest {

    private static final long SEED = 20261127;

    /** One call: queries, keys and values side by side in the rows of their matrices, as 16-bit numbers. */
    private record Call(DType type, int sequences, int queries, int keys, int heads, int keyHeads, int dim, int window,
            boolean alibi, float scale, float[] q, float[] k, float[] v) {

        static Call random(DType type, int sequences, int queries, int keys, int heads, int keyHeads, int dim,
                int window, boolean alibi, float scale) {
            SplittableRandom random = new SplittableRandom(SEED);
            return new Call(type, sequences, queries, keys, heads, keyHeads, dim, window, alibi, scale,
                    normals(random, type, sequences * queries * heads * dim),
                    normals(random, type, sequences * keys * keyHeads * dim),
                    normals(random, type, sequences * keys * keyHeads * dim));
        }

        private static float[] normals(SplittableRandom random, DType type, int count) {
            float[] values = new float[count];
            for (int i = 0; i < count; i++) {
                values[i] = fromBits(type, toBits(type, (float) random.nextGaussian()));
            }
            return values;
        }

        float slope(int head) {
            return alibi ? (float) Math.pow(2, -1 - head % 8) : 0;
        }

        float[] run(Simulation gpu) {
            return run(gpu, new DeviceHeads(matrix(gpu, q, heads * dim), 0, dim, heads, dim),
                    new DeviceHeads(matrix(gpu, k, keyHeads * dim), 0, dim, keyHeads, dim),
                    new DeviceHeads(matrix(gpu, v, keyHeads * dim), 0, dim, keyHeads, dim));
        }

        float[] run(Simulation gpu, DeviceHeads queryHeads, DeviceHeads keyOnes, DeviceHeads valueOnes) {
            float[] slopes = new float[heads];
            for (int h = 0; h < heads; h++) {
                slopes[h] = slope(h);
            }
            DeviceMatrix out = matrix(gpu, new float[q.length], heads * dim);
            new Attention(gpu).attend(queryHeads, keyOnes, valueOnes, window,
                    alibi ? gpu.upload(DeviceBytes.of(slopes)) : 0, scale, queries, keys, out);
            byte[] bytes = gpu.download(out.address(), 2 * q.length);
            float[] values = new float[q.length];
            for (int i = 0; i < values.length; i++) {
                values[i] = fromBits(type, (short) (bytes[2 * i] & 0xff | bytes[2 * i + 1] << 8));
            }
            return values;
        }

        DeviceMatrix matrix(Simulation gpu, float[] values, int columns) {
            byte[] bytes = new byte[2 * values.length];
            for (int i = 0; i < values.length; i++) {
                short bits = toBits(type, values[i]);
                bytes[2 * i] = (byte) bits;
                bytes[2 * i + 1] = (byte) (bits >> 8);
            }
            return new DeviceMatrix(gpu.upload(bytes), type, values.length / columns, columns);
        }

        private OracleHeadMix.Entry entry(int sequence, int key, int head) {
            int at = ((sequence * keys + key) * keyHeads + head / (heads / keyHeads)) * dim;
            return new OracleHeadMix.Entry(part(k, at), part(v, at), slope(head) * (double) key);
        }

        private double[] part(float[] values, int at) {
            return IntStream.range(at, at + dim).mapToDouble(i -> values[i]).toArray();
        }

        void assertAgrees(float[] actual) {
            double unit = type == DType.F16 ? 0x1p-11 : 0x1p-8;
            for (int row = 0; row < sequences * queries; row++) {
                int sequence = row / queries;
                int position = keys - queries + row % queries;
                int first = window == 0 ? 0 : Math.max(0, position - window + 1);
                for (int h = 0; h < heads; h++) {
                    int head = h;
                    OracleHeadMix.Entry[] entries = IntStream.rangeClosed(first, position)
                            .mapToObj(key -> entry(sequence, key, head)).toArray(OracleHeadMix.Entry[]::new);
                    int at = (row * heads + h) * dim;
                    OracleHeadMix expected = OracleHeadMix.of(part(q, at), entries, scale);
                    for (int d = 0; d < dim; d++) {
                        int column = d;
                        double greatest = IntStream.range(0, entries.length)
                                .mapToDouble(j -> Math.abs(entries[j].value()[column])).max().orElseThrow();
                        // one rounding of each weight and one of the output; ex2.approx errs by 2 units of fp32
                        double bound = 2.1 * (expected.bounds()[d] + unit * greatest);
                        assertThat(Math.abs(actual[at + d] - expected.values()[d]))
                                .as("seed %d, row %d, head %d, dimension %d", SEED, row, h, d)
                                .isLessThanOrEqualTo(bound);
                    }
                }
            }
        }
    }

    private static short toBits(DType type, float value) {
        return type == DType.F16 ? Half.toF16(value) : Half.toBf16(value);
    }

    private static float fromBits(DType type, short bits) {
        return type == DType.F16 ? Half.fromF16(bits) : Half.fromBf16(bits);
    }

    @ParameterizedTest(name = "{0}, {1} sequences, {2} of {3} keys, {4} heads on {5} of {6}, window {7}, ALiBi {8},"
            + " scale {9}")
    @CsvSource({
        "F16,1,1,1,1,1,1,0,false,0.3", "BF16,2,7,7,3,1,5,0,false,0.3", "F16,1,63,63,1,1,64,0,false,0.1",
        "BF16,1,64,64,2,1,32,0,false,0.2", "F16,1,65,65,1,1,80,0,false,0.1", "BF16,1,127,127,1,1,96,0,false,0.1",
        "F16,1,129,129,2,2,128,0,true,0.1", "BF16,1,200,200,1,1,33,70,false,0.2", "F16,2,66,66,2,1,20,1,false,0.3",
        "F16,1,5,130,4,2,64,0,false,0.1", "BF16,2,1,97,4,2,128,0,true,0.1", "F16,1,70,150,1,1,40,65,true,0.2",
        "BF16,1,40,40,1,1,256,0,false,0.06", "F16,1,35,65,2,1,131,20,true,0.1", "F16,1,130,130,1,1,64,0,false,4"
    })
    void agreesWithTheOracle(DType type, int sequences, int queries, int keys, int heads, int keyHeads, int dim,
            int window, boolean alibi, float scale) {
        Call call = Call.random(type, sequences, queries, keys, heads, keyHeads, dim, window, alibi, scale);
        call.assertAgrees(call.run(new Simulation()));
    }

    @ParameterizedTest
    @ValueSource(ints = {20, 64})
    void fusedLayoutsGiveTheBitsOfSeparateTensors(int dim) {
        Call call = Call.random(DType.F16, 1, 67, 67, 2, 2, dim, 0, false, 0.2f);
        float[] fused = new float[3 * call.q.length];
        for (int i = 0; i < call.q.length; i++) {
            int at = i / dim * 3 * dim + i % dim;
            fused[at] = call.q[i];
            fused[at + dim] = call.k[i];
            fused[at + 2 * dim] = call.v[i];
        }
        Simulation gpu = new Simulation();
        DeviceMatrix qkv = call.matrix(gpu, fused, 6 * dim);
        assertThat(call.run(gpu, new DeviceHeads(qkv, 0, 3 * dim, 2, dim), new DeviceHeads(qkv, dim, 3 * dim, 2, dim),
                new DeviceHeads(qkv, 2 * dim, 3 * dim, 2, dim))).isEqualTo(call.run(gpu));
    }

    @ParameterizedTest
    @ValueSource(floats = {Float.NaN, Float.NEGATIVE_INFINITY})
    void aKeyThatIsNotFiniteStaysInItsSequence(float value) {
        Call call = Call.random(DType.BF16, 2, 70, 70, 1, 1, 16, 0, false, 0.3f);
        float[] clean = call.run(new Simulation());
        call.k[(70 + 10) * 16 + 3] = value;
        float[] actual = call.run(new Simulation());
        int first = (70 + 10) * 16;
        for (int i = 0; i < first; i++) {
            assertThat(actual[i]).as("element %d", i).isEqualTo(clean[i]);
        }
        if (Float.isNaN(value)) {
            assertThat(actual[first]).isNaN();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"F16", "BF16"})
    void theOrderOfBlocksAndWarpsDoesNotMatter(DType type) {
        Call call = Call.random(type, 1, 130, 130, 2, 1, 64, 0, false, 0.2f);
        float[] expected = call.run(new Simulation());
        for (int seed = 0; seed < 3; seed++) {
            assertThat(call.run(new Simulation(Schedule.shuffled(seed)))).as("seed %d", seed).isEqualTo(expected);
        }
    }

    /** Without its barrier, or without waiting for its copies, the kernel is reported. */
    @ParameterizedTest
    @ValueSource(strings = {"bar\\.sync[^;]*;", "cp\\.async\\.wait_group[^;]*;"})
    void aMissingBarrierOrWaitIsReported(String instruction) {
        Call call = Call.random(DType.F16, 1, 200, 200, 1, 1, 64, 0, false, 0.2f);
        String whole = ShippedKernels.ptx("attention");
        String spoiled = whole.replaceAll(instruction, "");
        assertThat(spoiled).isNotEqualTo(whole);
        assertThatThrownBy(() -> call.run(new Simulation(Schedule.NATURAL, name -> spoiled)))
                .isInstanceOf(AssertionError.class);
    }
}
