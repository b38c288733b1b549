package org.wandagpu.compute.cpu;

import java.lang.foreign.MemorySegment;
import java.util.Random;
import java.util.stream.IntStream;
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
record AttentionCase(Shape shape, float[] slopes, float[] q, float[] k, float[] v) {

    private static final float SCALE = 0.3f;

    record Shape(int sequences, int queryLength, int keyLength, int heads, int keyHeads, int dim, int window) {

        boolean sees(int query, int key) {
            int position = keyLength - queryLength + query;
            return key <= position && (window == 0 || position - key < window);
        }

        /** Index of an output element. */
        int at(int sequence, int query, int head, int d) {
            return ((sequence * queryLength + query) * heads + head) * dim + d;
        }
    }

    static AttentionCase random(long seed, Shape shape, boolean alibi) {
        Random random = new Random(seed);
        float[] slopes = alibi ? new float[shape.heads] : null;
        for (int h = 0; alibi && h < shape.heads; h++) {
            slopes[h] = (float) Math.pow(2, -1 - h % 8);
        }
        int queryRows = shape.sequences * shape.queryLength;
        int keyRows = shape.sequences * shape.keyLength;
        return new AttentionCase(shape, slopes,
                Operand.random(random, DType.F32, queryRows, shape.heads * shape.dim).values(),
                Operand.random(random, DType.F32, keyRows, shape.keyHeads * shape.dim).values(),
                Operand.random(random, DType.F32, keyRows, shape.keyHeads * shape.dim).values());
    }

    /** The output on a device with so many threads, from separate tensors. */
    float[] run(int threads) {
        try (Device device = new CpuDevice(threads);
                Tensor queries = tensor(device, q, shape.heads * shape.dim);
                Tensor keys = tensor(device, k, shape.keyHeads * shape.dim);
                Tensor values = tensor(device, v, shape.keyHeads * shape.dim);
                Tensor out = device.allocate(DType.F32, queries.rows(), queries.columns())) {
            attend(device, Heads.adjacent(queries, shape.heads, shape.dim),
                    Heads.adjacent(keys, shape.keyHeads, shape.dim),
                    Heads.adjacent(values, shape.keyHeads, shape.dim), out);
            return out.toFloats();
        }
    }

    void attend(Device device, Heads queries, Heads keys, Heads values, Tensor out) {
        AttentionMask mask = new AttentionMask(shape.window, slopes);
        device.ops().attention(queries, keys, values, mask, SCALE, shape.queryLength, shape.keyLength, out);
    }

    static Tensor tensor(Device device, float[] values, int columns) {
        Tensor tensor = device.allocate(DType.F32, values.length / columns, columns);
        tensor.copyFrom(MemorySegment.ofArray(values));
        return tensor;
    }

    /** What a head's output should be. */
    OracleHeadMix expected(int sequence, int query, int head) {
        int keyHead = head / (shape.heads / shape.keyHeads);
        int firstRow = sequence * shape.keyLength;
        OracleHeadMix.Entry[] entries = IntStream.range(0, shape.keyLength)
                .filter(key -> shape.sees(query, key))
                .mapToObj(key -> new OracleHeadMix.Entry(part(k, firstRow + key, shape.keyHeads, keyHead),
                        part(v, firstRow + key, shape.keyHeads, keyHead), slopes == null ? 0 : slopes[head] * key))
                .toArray(OracleHeadMix.Entry[]::new);
        return OracleHeadMix.of(part(q, sequence * shape.queryLength + query, shape.heads, head), entries, SCALE);
    }

    private double[] part(float[] rows, int row, int count, int head) {
        double[] part = new double[shape.dim];
        for (int d = 0; d < shape.dim; d++) {
            part[d] = rows[(row * count + head) * shape.dim + d];
        }
        return part;
    }
}
