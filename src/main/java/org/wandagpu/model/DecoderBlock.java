package org.wandagpu.model;

import java.util.List;
import org.wandagpu.compute.AttentionMask;
import org.wandagpu.compute.Device;
import org.wandagpu.compute.Heads;
import org.wandagpu.compute.Ops;
import org.wandagpu.compute.Tensor;
import org.wandagpu.model.DecoderSpec.Attention.Layout;
import org.wandagpu.tensor.DType;

/**
 * The decoder block of every family, built from a {@link DecoderSpec}: holds the workspace for a number of tokens and
 * runs with the weights of any block of the model.
 *
 * <p>Owns its workspace. Not for use by two threads.
 */
public final class DecoderBlock implements AutoCloseable {

    private final DecoderSpec spec;
    private final Ops ops;
    private final float scale;
    private final float[] alibiSlopes;
    private final BlockWorkspace space;

    /**
     * @param activations their element type
     * @param tokens the most tokens of one call
     * @param positions positions 0 … positions − 1 can occur; where the rotation's frequencies depend on the length
     *        ({@link Rope.Dynamic}) they are those of this length in every call
     */
    DecoderBlock(Device device, DType activations, DecoderSpec spec, int tokens, int positions) {
        this.spec = spec;
        this.ops = device.ops();
        this.scale = (float) (1 / Math.sqrt(spec.attention().headDim()));
        this.alibiSlopes = spec.attention().positions() == DecoderSpec.Attention.Positions.ALIBI
                ? Alibi.slopes(spec.attention().heads()) : null;
        this.space = BlockWorkspace.allocate(device, activations, spec, tokens, positions);
    }

    /**
     * Which tokens a call runs on.
     *
     * @param block index of the block, for its sliding window
     * @param seqlen tokens of each sequence in {@code x}; 1 with a cache of several sequences
     * @param first position of the first token of each sequence; above 0 only with a cache
     * @param cache keys and values of the positions before {@code first}; null without
     */
    public record Call(int block, int seqlen, int first, KeyValueCache cache) {
        /** Whole sequences from position 0 on. */
        public static Call sequences(int block, int seqlen) {
            return new Call(block, seqlen, 0, null);
        }
    }

    /**
     * Runs the block: {@code x} becomes its output.
     *
     * @param x {@code [tokens, hiddenSize]}, whole sequences one after the other, updated in place
     */
    public void forward(BlockWeights weights, Tensor x, Call call) {
        run(weights, x, call, LinearInputObserver.NONE, true);
    }

    /**
     * Runs the block only as far as its linear layers' inputs need it: the last linear layer and what follows are left
     * out. {@code x} is destroyed.
     */
    public void observe(BlockWeights weights, Tensor x, Call call, LinearInputObserver observer) {
        run(weights, x, call, observer, false);
    }

    private void run(BlockWeights weights, Tensor x, Call call, LinearInputObserver observer, boolean whole) {
        Tensor normed = space.normed(x.rows());
        switch (spec.topology()) {
            case PRE_NORM -> {
                norm(weights, NormRole.ATTENTION, x, normed);
                attention(weights, normed, call, observer, x, true);
                norm(weights, NormRole.MLP, x, normed);
                mlp(weights, normed, observer, x, whole);
            }
            case PRE_NORM_RESIDUAL_AFTER_NORM -> {
                norm(weights, NormRole.ATTENTION, x, normed);
                attention(weights, normed, call, observer, normed, true);
                norm(weights, NormRole.MLP, normed, x);
                mlp(weights, x, observer, x, whole);
            }
            case POST_NORM -> {
                attention(weights, x, call, observer, x, true);
                norm(weights, NormRole.ATTENTION, x, x);
                mlp(weights, x, observer, x, whole);
                if (whole) {
                    norm(weights, NormRole.MLP, x, x);
                }
            }
            case PARALLEL -> {
                Tensor second = space.second(x.rows());
                norm(weights, NormRole.ATTENTION, x, normed);
                norm(weights, NormRole.MLP, x, second);
                attention(weights, normed, call, observer, x, whole);
                mlp(weights, second, observer, x, whole);
            }
        }
    }

    private void norm(BlockWeights weights, NormRole role, Tensor x, Tensor out) {
        Norms.apply(ops, spec.norm(), x, weights.norm(role), out);
    }

    /** Adds attention's output to {@code residual}; stops before the output projection unless {@code project}. */
    private void attention(BlockWeights weights, Tensor input, Call call, LinearInputObserver observer, Tensor residual,
            boolean project) {
        DecoderSpec.Attention attention = spec.attention();
        long tokens = input.rows();
        Heads[] qkv = attention.layout() == Layout.SEPARATE
                ? separate(weights, input, observer) : fused(weights, input, observer);
        Heads q = qkv[0];
        Heads k = qkv[1];
        Heads v = qkv[2];
        if (attention.headNorm()) {
            ops.rmsNormHeads(q, weights.norm(NormRole.QUERY_HEAD).weight(), spec.norm().epsilon());
            ops.rmsNormHeads(k, weights.norm(NormRole.KEY_HEAD).weight(), spec.norm().epsilon());
        }
        if (attention.rope() != null) {
            ops.rope(q, space.cos(), space.sin(), call.first(), call.seqlen());
            ops.rope(k, space.cos(), space.sin(), call.first(), call.seqlen());
        }
        Tensor mixed = space.mixed(tokens);
        attend(q, k, v, call, mixed);
        observer.beforeLinear(List.of(LinearRole.ATTENTION_OUT), mixed);
        if (project) {
            addLinear(weights, LinearRole.ATTENTION_OUT, mixed, residual);
        }
    }

    private void attend(Heads q, Heads k, Heads v, Call call, Tensor mixed) {
        int window = spec.attention().windows().get(call.block());
        KeyValueCache cache = call.cache();
        if (cache == null) {
            AttentionMask mask = new AttentionMask(window, alibiSlopes);
            ops.attention(q, k, v, mask, scale, call.seqlen(), call.seqlen(), mixed);
            return;
        }
        // One token of each of several sequences is one token with as many times the heads.
        int sequences = cache.sequences();
        AttentionMask mask = new AttentionMask(window, repeated(alibiSlopes, sequences));
        ops.attention(q.joined(sequences), append(k.joined(sequences), cache.keys(), call.first()),
                append(v.joined(sequences), cache.values(), call.first()), mask, scale, call.seqlen(),
                call.first() + call.seqlen(),
                mixed.reshaped(mixed.rows() / sequences, mixed.columns() * sequences));
    }

    private static float[] repeated(float[] slopes, int times) {
        if (slopes == null) {
            return null;
        }
        float[] all = new float[slopes.length * times];
        for (int i = 0; i < all.length; i++) {
            all[i] = slopes[i % slopes.length];
        }
        return all;
    }

    /** Writes the heads of new positions into the cache; gives those of all positions so far. */
    private Heads append(Heads heads, Tensor cache, int first) {
        Heads target = Heads.adjacent(cache, heads.count(), heads.headDim());
        ops.copyHeads(heads, target.rows(first, heads.tensor().rows()));
        return target.rows(0, first + heads.tensor().rows());
    }

    private Heads[] separate(BlockWeights weights, Tensor input, LinearInputObserver observer) {
        DecoderSpec.Attention attention = spec.attention();
        observer.beforeLinear(List.of(LinearRole.QUERY, LinearRole.KEY, LinearRole.VALUE), input);
        return new Heads[] {
            Heads.adjacent(linear(weights, LinearRole.QUERY, input, space.query(input.rows())), attention.heads(),
                    attention.headDim()),
            Heads.adjacent(linear(weights, LinearRole.KEY, input, space.key(input.rows())), attention.kvHeads(),
                    attention.headDim()),
            Heads.adjacent(linear(weights, LinearRole.VALUE, input, space.value(input.rows())), attention.kvHeads(),
                    attention.headDim())
        };
    }

    private Heads[] fused(BlockWeights weights, Tensor input, LinearInputObserver observer) {
        int dim = spec.attention().headDim();
        observer.beforeLinear(List.of(LinearRole.QKV), input);
        Tensor qkv = linear(weights, LinearRole.QKV, input, space.query(input.rows()));
        Heads[] parts = new Heads[3];
        for (int part = 0; part < 3; part++) {
            parts[part] = new Heads(qkv, part * dim, 3 * dim, spec.attention().heads(), dim);
        }
        return parts;
    }

    /** Adds the MLP's output to {@code residual}; stops before the down projection unless {@code project}. */
    private void mlp(BlockWeights weights, Tensor input, LinearInputObserver observer, Tensor residual,
            boolean project) {
        DecoderSpec.Mlp mlp = spec.mlp();
        Tensor up;
        if (mlp.gated()) {
            observer.beforeLinear(List.of(LinearRole.GATE, LinearRole.UP), input);
            Tensor gate = linear(weights, LinearRole.GATE, input, space.gate(input.rows()));
            ops.activateGated(mlp.activation(), gate, linear(weights, LinearRole.UP, input, space.up(input.rows())));
            up = gate;
        } else {
            observer.beforeLinear(List.of(LinearRole.UP), input);
            up = linear(weights, LinearRole.UP, input, space.up(input.rows()));
            ops.activate(mlp.activation(), up);
        }
        observer.beforeLinear(List.of(LinearRole.DOWN), up);
        if (project) {
            addLinear(weights, LinearRole.DOWN, up, residual);
        }
    }

    private Tensor linear(BlockWeights weights, LinearRole role, Tensor x, Tensor out) {
        BlockWeights.Linear linear = weights.linear(role);
        ops.linear(x, linear.weight(), linear.bias(), out);
        return out;
    }

    private void addLinear(BlockWeights weights, LinearRole role, Tensor x, Tensor out) {
        BlockWeights.Linear linear = weights.linear(role);
        ops.linearAdd(x, linear.weight(), linear.bias(), out);
    }

    @Override
    public void close() {
        space.close();
    }
}
