package org.wandagpu.model;

import org.wandagpu.compute.Device;
import org.wandagpu.compute.Tensor;
import org.wandagpu.tensor.DType;

/** A whole forward pass of one sequence, for tests. */
public final class Forward {

    private Forward() {
    }

    /** Logits of every position, {@code [ids · vocabSize]}. */
    public static float[] logits(Device device, DecoderModel model, int[] ids) {
        DecoderSpec spec = model.spec();
        try (DecoderBlock decoder = model.decoderBlock(device, ids.length, ids.length);
                InputLayer input = model.inputLayer(device);
                OutputHead head = model.outputHead(device);
                Tensor hidden = device.allocate(model.activations(device), ids.length, spec.hiddenSize());
                Tensor logits = device.allocate(DType.F32, ids.length, spec.vocabSize())) {
            input.embed(ids, ids.length, 0, hidden);
            for (int block = 0; block < spec.blocks(); block++) {
                try (BlockWeights weights = model.placeBlock(device, block)) {
                    decoder.forward(weights, hidden, DecoderBlock.Call.sequences(block, ids.length));
                }
            }
            head.logits(hidden, logits);
            return logits.toFloats();
        }
    }

    /** Ids that visit the vocabulary in large steps. */
    public static int[] ids(int count, int vocabulary) {
        int[] ids = new int[count];
        for (int i = 0; i < count; i++) {
            ids[i] = (i * 37 + 11) % vocabulary;
        }
        return ids;
    }

    /**
     * What fp32 may differ from exact logits: n terms are summed on the longest way through the model, their roundings
     * of 2⁻²⁴ of the largest logit add up like a random walk, √n, and none strays 8 times as far.
     */
    public static double tolerance(DecoderSpec spec, int tokens, double[][] logits) {
        double largest = 1;
        for (double[] row : logits) {
            for (double value : row) {
                largest = Math.max(largest, Math.abs(value));
            }
        }
        long terms = spec.hiddenSize()
                + (long) spec.blocks() * (4L * spec.hiddenSize() + spec.mlp().intermediateSize() + tokens);
        return 8 * Math.sqrt(terms) * 0x1p-24 * largest;
    }
}
