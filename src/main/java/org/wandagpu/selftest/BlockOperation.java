package org.wandagpu.selftest;

import java.util.ArrayList;
import java.util.List;
import org.wandagpu.compute.Activation;
import org.wandagpu.compute.AttentionMask;
import org.wandagpu.compute.Heads;
import org.wandagpu.compute.Tensor;

/**
 * An operation of a decoder block or of evaluation, whose results are the same on every device but for roundings.
 *
 * @param roundings to the type of activations on the way to a result
 * @param shapes what {@link Body#run} is given
 */
record BlockOperation(String name, int roundings, List<int[]> shapes, Body body) {

    /** Runs it and gives what it writes. */
    interface Body {
        float[] run(Inputs in, int[] shape);
    }

    /** Rounded probabilities, of values that cancel in their mean, and the result. */
    private static final int MEAN = 4;
    /** Rows and columns: odd ones, ones that vectors fit, and some longer than a block of threads has. */
    private static final List<int[]> ROWS = List.of(new int[] {1, 1}, new int[] {3, 7}, new int[] {5, 64},
            new int[] {2, 1001}, new int[] {3, 4096}, new int[] {1, 11_008});
    /** Tokens, in-features, out-features: every tile of the product, and its edges. */
    private static final List<int[]> PRODUCTS = List.of(new int[] {1, 1, 1}, new int[] {3, 7, 5}, new int[] {16, 64, 64},
            new int[] {17, 72, 40}, new int[] {65, 136, 66}, new int[] {130, 200, 260}, new int[] {257, 128, 512});
    /** Tokens of a sequence, sequences, heads, key heads, elements of a head. */
    private static final List<int[]> ATTENTIONS = List.of(new int[] {1, 1, 1, 1, 4}, new int[] {5, 2, 4, 2, 8},
            new int[] {65, 1, 2, 1, 20}, new int[] {70, 2, 4, 4, 64}, new int[] {130, 1, 2, 2, 80},
            new int[] {100, 1, 3, 1, 128}, new int[] {67, 1, 1, 1, 256});
    private static final List<int[]> HEADS = List.of(new int[] {1, 1, 2}, new int[] {5, 3, 20}, new int[] {9, 4, 64},
            new int[] {3, 9, 128}, new int[] {2, 2, 256});

    static List<BlockOperation> all() {
        List<BlockOperation> all = new ArrayList<>(List.of(
                new BlockOperation("linear", 1, PRODUCTS, (in, shape) -> linear(in, shape, false)),
                new BlockOperation("linear, added", 1, PRODUCTS, (in, shape) -> linear(in, shape, true)),
                new BlockOperation("logits", 0, PRODUCTS, BlockOperation::logits),
                new BlockOperation("cross-entropy", 0, List.of(new int[] {3, 8, 5}, new int[] {20, 64, 9001}),
                        BlockOperation::crossEntropy),
                new BlockOperation("RMS norm", 1, ROWS, BlockOperation::rmsNorm),
                new BlockOperation("layer norm", 1, ROWS, BlockOperation::layerNorm),
                new BlockOperation("RMS norm of heads", 1, HEADS, BlockOperation::headNorm),
                new BlockOperation("rotation", 1, HEADS, BlockOperation::rotation),
                new BlockOperation("copy of heads", 0, HEADS, BlockOperation::copyHeads),
                new BlockOperation("attention", MEAN, ATTENTIONS, (in, shape) -> attention(in, shape, 0, false)),
                new BlockOperation("attention, window", MEAN, ATTENTIONS, (in, shape) -> attention(in, shape, 9, false)),
                new BlockOperation("attention, ALiBi", MEAN, ATTENTIONS, (in, shape) -> attention(in, shape, 0, true)),
                new BlockOperation("attention, last queries", MEAN, ATTENTIONS, BlockOperation::lastQueries),
                new BlockOperation("embedding", 0, ROWS, BlockOperation::embedding),
                new BlockOperation("positions", 1, ROWS, BlockOperation::positions),
                new BlockOperation("sum", 1, ROWS, BlockOperation::sum)));
        for (Activation f : Activation.values()) {
            String name = f.name().toLowerCase(java.util.Locale.ROOT).replace('_', ' ');
            all.add(new BlockOperation(name, 1, ROWS, (in, shape) -> {
                Tensor x = in.activations(shape[0], shape[1]);
                in.device().ops().activate(f, x);
                return x.toFloats();
            }));
            all.add(new BlockOperation(name + ", gated", 1, ROWS, (in, shape) -> {
                Tensor gate = in.activations(shape[0], shape[1]);
                in.device().ops().activateGated(f, gate, in.activations(shape[0], shape[1]));
                return gate.toFloats();
            }));
        }
        return all;
    }

    private static float[] linear(Inputs in, int[] shape, boolean added) {
        Tensor x = in.activations(shape[0], shape[1]);
        Tensor w = in.matrix(shape[2], shape[1]);
        Tensor bias = in.vector(shape[2]);
        if (added) {
            Tensor out = in.activations(shape[0], shape[2]);
            in.device().ops().linearAdd(x, w, bias, out);
            return out.toFloats();
        }
        Tensor out = in.output(shape[0], shape[2]);
        in.device().ops().linear(x, w, shape[0] % 2 == 0 ? bias : null, out);
        return out.toFloats();
    }

    private static float[] logits(Inputs in, int[] shape) {
        Tensor out = in.floats(shape[0], shape[2]);
        in.device().ops().linear(in.activations(shape[0], shape[1]), in.matrix(shape[2], shape[1]), null, out);
        return out.toFloats();
    }

    private static float[] crossEntropy(Inputs in, int[] shape) {
        Tensor x = in.activations(shape[0], shape[1]);
        Tensor head = in.matrix(shape[2], shape[1]);
        int[] targets = in.ids(shape[0], shape[2]);
        targets[0] = -1;
        float[] losses = new float[shape[0]];
        in.device().ops().crossEntropy(x, head, in.vector(shape[2]), targets, losses);
        return losses;
    }

    private static float[] rmsNorm(Inputs in, int[] shape) {
        Tensor x = in.activations(shape[0], shape[1]);
        in.device().ops().rmsNorm(x, in.vector(shape[1]), 1e-5f, x);
        return x.toFloats();
    }

    private static float[] layerNorm(Inputs in, int[] shape) {
        Tensor x = in.activations(shape[0], shape[1]);
        Tensor out = in.output(shape[0], shape[1]);
        in.device().ops().layerNorm(x, in.vector(shape[1]), in.vector(shape[1]), 1e-5f, out);
        return out.toFloats();
    }

    /** Heads of a fused row of three parts, at the second. */
    private static Heads heads(Inputs in, int[] shape) {
        Tensor rows = in.activations(shape[0], 3L * shape[1] * shape[2]);
        return new Heads(rows, shape[2], 3 * shape[2], shape[1], shape[2]);
    }

    private static float[] headNorm(Inputs in, int[] shape) {
        Heads x = heads(in, shape);
        in.device().ops().rmsNormHeads(x, in.vector(shape[2]), 1e-6f);
        return x.tensor().toFloats();
    }

    private static float[] rotation(Inputs in, int[] shape) {
        Heads x = heads(in, shape);
        int half = Math.max(1, shape[2] / 4);
        in.device().ops().rope(x, vectors(in, shape[0] + 2, half), vectors(in, shape[0] + 2, half), 2,
                Math.max(1, shape[0] / 2));
        return x.tensor().toFloats();
    }

    private static Tensor vectors(Inputs in, int rows, int columns) {
        return in.vector((long) rows * columns).reshaped(rows, columns);
    }

    private static float[] copyHeads(Inputs in, int[] shape) {
        Tensor target = in.output(shape[0], (long) shape[1] * shape[2]);
        in.device().ops().copyHeads(heads(in, shape), Heads.adjacent(target, shape[1], shape[2]));
        return target.toFloats();
    }

    private static float[] attention(Inputs in, int[] shape, int window, boolean alibi) {
        return attention(in, shape, shape[0], window, alibi);
    }

    private static float[] lastQueries(Inputs in, int[] shape) {
        return attention(in, shape, Math.max(1, shape[0] / 3), 0, false);
    }

    private static float[] attention(Inputs in, int[] shape, int queryLength, int window, boolean alibi) {
        int length = shape[0];
        int sequences = shape[1];
        int heads = shape[2];
        int dim = shape[4];
        Heads q = Heads.adjacent(in.activations((long) sequences * queryLength, (long) heads * dim), heads, dim);
        Heads k = Heads.adjacent(in.activations((long) sequences * length, (long) shape[3] * dim), shape[3], dim);
        Heads v = Heads.adjacent(in.activations((long) sequences * length, (long) shape[3] * dim), shape[3], dim);
        float[] slopes = null;
        if (alibi) {
            slopes = new float[heads];
            for (int head = 0; head < heads; head++) {
                slopes[head] = 1f / (2 << head);
            }
        }
        Tensor out = in.output((long) sequences * queryLength, (long) heads * dim);
        in.device().ops().attention(q, k, v, new AttentionMask(window, slopes), (float) (1 / Math.sqrt(dim)), queryLength,
                length, out);
        return out.toFloats();
    }

    private static float[] embedding(Inputs in, int[] shape) {
        Tensor table = in.matrix(17, shape[1]);
        Tensor out = in.output(shape[0], shape[1]);
        in.device().ops().embed(table, in.ids(shape[0], 17), out);
        return out.toFloats();
    }

    private static float[] positions(Inputs in, int[] shape) {
        Tensor x = in.activations(shape[0], shape[1]);
        in.device().ops().addPositions(in.matrix(17, shape[1]), 2, Math.max(1, shape[0] / 2), x);
        return x.toFloats();
    }

    private static float[] sum(Inputs in, int[] shape) {
        Tensor y = in.activations(shape[0], shape[1]);
        in.device().ops().add(in.activations(shape[0], shape[1]), y);
        return y.toFloats();
    }
}
