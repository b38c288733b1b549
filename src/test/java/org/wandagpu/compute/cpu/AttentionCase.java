package org.wandagpu.compute.cpu;

import java.lang.foreign.MemorySegment;
import java.util.Random;
import org.wandagpu.compute.AttentionMask;
import org.wandagpu.compute.Device;
import org.wandagpu.compute.Heads;
import org.wandagpu.compute.Tensor;
import org.wandagpu.oracle.OracleHeadMix;
import org.wandagpu.tensor.DType;

/**
 * A call of attention in tests: its shape, and the values of queries, keys and values in rows of heads side by side.
 *
 * @param slopes ALiBi slopes, or null
 */
record AttentionCase(int sequences, int queryLength, int keyLength, int heads, int keyHeads, int dim, int window,
        float[] slopes, float[] q, float[] k, float[] v) {

    private static final float SCALE = 0.3f;

    static AttentionCase random(long seed, int sequences, int queryLength, int keyLength, int heads, int keyHeads, int dim,
            int window, boolean alibi) {
        Random random = new Random(seed);
        float[] slopes = alibi ? new float[heads] : null;
        for (int h = 0; alibi && h < heads; h++) {
            slopes[h] = (float) Math.pow(2, -1 - h % 8);
        }
        return new AttentionCase(sequences, queryLength, keyLength, heads, keyHeads, dim, window, slopes,
                Operand.random(random, DType.F32, sequences * queryLength, heads * dim).values(),
                Operand.random(random, DType.F32, sequences * keyLength, keyHeads * dim).values(),
                Operand.random(random, DType.F32, sequences * keyLength, keyHeads * dim).values());
    }

    /** The output on a device with so many threads, from separate tensors. */
    float[] run(int threads) {
        try (Device device = new CpuDevice(threads);
                Tensor queries = tensor(device, q, heads * dim);
                Tensor keys = tensor(device, k, keyHeads * dim);
                Tensor values = tensor(device, v, keyHeads * dim);
                Tensor out = device.allocate(DType.F32, queries.rows(), queries.columns())) {
            attend(device, Heads.adjacent(queries, heads, dim), Heads.adjacent(keys, keyHeads, dim),
                    Heads.adjacent(values, keyHeads, dim), out);
            return out.toFloats();
        }
    }

    void attend(Device device, Heads queries, Heads keys, Heads values, Tensor out) {
        AttentionMask mask = new AttentionMask(window, slopes);
        device.ops().attention(queries, keys, values, mask, SCALE, queryLength, keyLength, out);
    }

    static Tensor tensor(Device device, float[] values, int columns) {
        Tensor tensor = device.allocate(DType.F32, values.length / columns, columns);
        tensor.copyFrom(MemorySegment.ofArray(values));
        return tensor;
    }

    boolean sees(int query, int key) {
        int position = keyLength - queryLength + query;
        return key <= position && (window == 0 || position - key < window);
    }

    /** What a head's output should be. */
    OracleHeadMix expected(int sequence, int query, int head) {
        int keyHead = head / (heads / keyHeads);
        OracleHeadMix.Entry[] entries = java.util.stream.IntStream.range(0, keyLength)
                .filter(key -> sees(query, key))
                .mapToObj(key -> new OracleHeadMix.Entry(part(k, sequence * keyLength + key, keyHeads, keyHead),
                        part(v, sequence * keyLength + key, keyHeads, keyHead), slopes == null ? 0 : slopes[head] * key))
                .toArray(OracleHeadMix.Entry[]::new);
        return OracleHeadMix.of(part(q, sequence * queryLength + query, heads, head), entries, SCALE);
    }

    private double[] part(float[] rows, int row, int count, int head) {
        double[] part = new double[dim];
        for (int d = 0; d < dim; d++) {
            part[d] = rows[(row * count + head) * dim + d];
        }
        return part;
    }

    /** Index of an output element. */
    int at(int sequence, int query, int head, int d) {
        return ((sequence * queryLength + query) * heads + head) * dim + d;
    }
}
