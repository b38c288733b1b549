package org.wandagpu.made;

import java.util.Random;

/**
 * Random parameters with the spread of trained ones: linear weights of about 1/√in-features, norm gains around 1, and
 * one input channel in sixteen that is several times larger, as in the residual stream of real models.
 */
final class MadeValues {

    private final long seed;

    MadeValues(long seed) {
        this.seed = seed;
    }

    /** Values of a tensor; they depend on the seed, the name and the shape alone. */
    float[] of(String name, long[] shape) {
        Random random = new Random(seed * 1_000_003 + name.hashCode());
        int columns = (int) shape[shape.length - 1];
        boolean norm = name.contains("norm") || name.contains("ln_f");
        boolean embedding = name.contains("embed_") && !name.contains("embed_out") || name.contains("word_embeddings");
        double spread = shape.length == 1 ? 0.1 : embedding ? 0.15 : 1 / Math.sqrt(columns);
        double middle = norm && name.endsWith("weight") ? 1 : 0;
        int count = (int) (shape.length == 1 ? shape[0] : shape[0] * shape[1]);
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            boolean outlier = (i % columns) % 16 == 5 && (norm && middle == 1 || embedding);
            values[i] = (float) ((middle + spread * random.nextGaussian()) * (outlier ? 4 : 1));
        }
        return values;
    }
}
