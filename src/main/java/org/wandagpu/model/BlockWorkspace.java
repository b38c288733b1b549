package org.wandagpu.model;

import java.lang.foreign.MemorySegment;
import org.wandagpu.compute.Device;
import org.wandagpu.compute.Owned;
import org.wandagpu.compute.Tensor;
import org.wandagpu.model.DecoderSpec.Attention.Layout;
import org.wandagpu.model.DecoderSpec.Topology;
import org.wandagpu.tensor.DType;

/** The tensors that live for one call of a decoder block, allocated once, and the tables of its rotation. */
final class BlockWorkspace implements AutoCloseable {

    /**
     * Elements a token takes in each tensor, 0 where the family has no use for it.
     *
     * @param normed output of a norm
     * @param second output of a parallel block's other norm
     * @param query queries, or the fused queries, keys and values
     * @param key keys of their own
     * @param mixed what attention gives to its output projection
     * @param gate the gate of a gated MLP
     * @param up the MLP's inner activations
     */
    private record Widths(long normed, long second, long query, long key, long mixed, long gate, long up) {

        static Widths of(DecoderSpec spec) {
            DecoderSpec.Attention a = spec.attention();
            boolean separate = a.layout() == Layout.SEPARATE;
            long queries = (long) a.heads() * a.headDim();
            long keys = (long) a.kvHeads() * a.headDim();
            long inner = spec.mlp().intermediateSize();
            return new Widths(spec.hiddenSize(), spec.topology() == Topology.PARALLEL ? spec.hiddenSize() : 0,
                    separate ? queries : 3 * queries, separate ? keys : 0, queries,
                    spec.mlp().gated() ? inner : 0, inner);
        }

        long total() {
            return normed + second + query + 2 * key + mixed + gate + up;
        }
    }

    private final Owned owned;
    private final Tensor normed;
    private final Tensor second;
    private final Tensor query;
    private final Tensor key;
    private final Tensor value;
    private final Tensor mixed;
    private final Tensor gate;
    private final Tensor up;
    private final Tensor cos;
    private final Tensor sin;

    private BlockWorkspace(Owned owned, Device device, DType type, DecoderSpec spec, int tokens, int positions) {
        Widths widths = Widths.of(spec);
        this.owned = owned;
        normed = allocate(device, type, tokens, widths.normed);
        second = allocate(device, type, tokens, widths.second);
        query = allocate(device, type, tokens, widths.query);
        key = allocate(device, type, tokens, widths.key);
        value = allocate(device, type, tokens, widths.key);
        mixed = allocate(device, type, tokens, widths.mixed);
        gate = allocate(device, type, tokens, widths.gate);
        up = allocate(device, type, tokens, widths.up);
        Rope rope = spec.attention().rope();
        cos = allocate(device, DType.F32, positions, rope == null ? 0 : rope.rotaryDim() / 2);
        sin = allocate(device, DType.F32, positions, rope == null ? 0 : rope.rotaryDim() / 2);
        if (rope != null) {
            float[][] tables = rope.tables(positions);
            cos.copyFrom(MemorySegment.ofArray(tables[0]));
            sin.copyFrom(MemorySegment.ofArray(tables[1]));
        }
    }

    private Tensor allocate(Device device, DType type, int rows, long columns) {
        return columns == 0 ? null : owned.add(device.allocate(type, rows, columns));
    }

    /**
     * @param type element type of the activations
     * @param tokens the most tokens of one call
     * @param positions positions 0 … positions − 1 can occur
     */
    static BlockWorkspace allocate(Device device, DType type, DecoderSpec spec, int tokens, int positions) {
        return Owned.build(owned -> new BlockWorkspace(owned, device, type, spec, tokens, positions));
    }

    static long bytes(DType type, DecoderSpec spec, long tokens, long positions) {
        Rope rope = spec.attention().rope();
        long tables = rope == null ? 0 : positions * rope.rotaryDim();
        return type.bytes() * tokens * Widths.of(spec).total() + DType.F32.bytes() * tables;
    }

    Tensor normed(long tokens) {
        return normed.rows(0, tokens);
    }

    Tensor second(long tokens) {
        return second.rows(0, tokens);
    }

    Tensor query(long tokens) {
        return query.rows(0, tokens);
    }

    Tensor key(long tokens) {
        return key.rows(0, tokens);
    }

    Tensor value(long tokens) {
        return value.rows(0, tokens);
    }

    Tensor mixed(long tokens) {
        return mixed.rows(0, tokens);
    }

    Tensor gate(long tokens) {
        return gate.rows(0, tokens);
    }

    Tensor up(long tokens) {
        return up.rows(0, tokens);
    }

    /** Cosines, {@code [positions, rotaryDim / 2]}. */
    Tensor cos() {
        return cos;
    }

    /** Sines, {@code [positions, rotaryDim / 2]}. */
    Tensor sin() {
        return sin;
    }

    @Override
    public void close() {
        owned.close();
    }
}
