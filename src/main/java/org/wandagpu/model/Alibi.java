package org.wandagpu.model;

/** Slopes of attention with linear biases (Press et al. 2021, section 3), as BLOOM computes them. */
final class Alibi {

    private Alibi() {
    }

    static float[] slopes(int heads) {
        int power = Integer.highestOneBit(heads);
        float base = (float) Math.pow(2, -Math.pow(2, -(Math.log(power) / Math.log(2) - 3)));
        float extra = (float) Math.pow(2, -Math.pow(2, -(Math.log(2.0 * power) / Math.log(2) - 3)));
        float[] slopes = new float[heads];
        for (int h = 0; h < heads; h++) {
            slopes[h] = h < power
                    ? (float) Math.pow(base, h + 1)
                    : (float) Math.pow(extra, 2 * (h - power) + 1);
        }
        return slopes;
    }
}
