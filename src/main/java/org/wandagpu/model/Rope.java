package org.wandagpu.model;

/**
 * Rotary position embedding of a model: inverse frequencies and the factor on cosine and sine.
 *
 * <p>Everything is rounded to fp32 step by step as PyTorch does it, since at position 4000 a double angle differs by
 * 1e-4. Sources: RoFormer (Su et al. 2021); linear and NTK scaling as in transformers; YaRN (Peng et al. 2023), section
 * 3; Llama 3.1's frequency bands.
 *
 * @param rotaryDim rotated elements of a head, even
 * @param base θ
 * @param scaling kind of scaling and its numbers
 */
public record Rope(int rotaryDim, double base, Scaling scaling) {

    /** How frequencies are stretched for longer contexts. */
    public sealed interface Scaling {
    }

    /** No scaling. */
    public record Plain() implements Scaling {
    }

    /** Positions divided by {@code factor}. */
    public record Linear(double factor) implements Scaling {
    }

    /** NTK scaling of the base for sequences longer than {@code trained}. */
    public record Dynamic(double factor, int trained) implements Scaling {
    }

    /** Llama 3.1: low frequencies divided, high ones kept, blended between. */
    public record Llama3(double factor, double lowFactor, double highFactor, int trained) implements Scaling {
    }

    /** YaRN: interpolation and extrapolation blended by a ramp, with a factor on cosine and sine. */
    public record Yarn(double factor, double attentionFactor, double betaFast, double betaSlow, int trained,
            boolean truncate) implements Scaling {
    }

    /**
     * The most positions the rotation was made for.
     *
     * @param maxPositions the model's {@code max_position_embeddings}; linear and dynamic scaling reach beyond it
     */
    int longest(int maxPositions) {
        double longest = switch (scaling) {
            case Linear linear -> linear.factor() * maxPositions;
            case Dynamic dynamic -> dynamic.factor() * maxPositions;
            case Yarn yarn -> yarn.factor() * yarn.trained();
            case Plain _, Llama3 _ -> maxPositions;
        };
        return (int) Math.max(maxPositions, Math.min(longest, Integer.MAX_VALUE));
    }

    /** Inverse frequency of each rotated pair, fp32, for sequences of up to {@code length} positions. */
    float[] inverseFrequencies(int length) {
        double effectiveBase = base;
        if (scaling instanceof Dynamic d && length > d.trained()) {
            float growth = (float) d.factor() * length / d.trained() - (float) (d.factor() - 1);
            effectiveBase = (float) base * (float) Math.pow(growth, (double) rotaryDim / (rotaryDim - 2));
        }
        float[] inverse = new float[rotaryDim / 2];
        for (int i = 0; i < inverse.length; i++) {
            inverse[i] = 1f / (float) Math.pow(effectiveBase, 2f * i / rotaryDim);
        }
        switch (scaling) {
            case Linear linear -> {
                for (int i = 0; i < inverse.length; i++) {
                    inverse[i] /= (float) linear.factor();
                }
            }
            case Llama3 bands -> stretchBands(inverse, bands);
            case Yarn yarn -> blend(inverse, yarn);
            case Plain _, Dynamic _ -> { }
        }
        return inverse;
    }

    private static void stretchBands(float[] inverse, Llama3 bands) {
        double lowWavelength = bands.trained() / bands.lowFactor();
        double highWavelength = bands.trained() / bands.highFactor();
        for (int i = 0; i < inverse.length; i++) {
            float wavelength = (float) (2 * Math.PI) / inverse[i];
            if (wavelength > lowWavelength) {
                inverse[i] = inverse[i] / (float) bands.factor();
            } else if (!(wavelength < highWavelength)) {
                float smooth = (bands.trained() / wavelength - (float) bands.lowFactor())
                        / (float) (bands.highFactor() - bands.lowFactor());
                inverse[i] = (1 - smooth) * inverse[i] / (float) bands.factor() + smooth * inverse[i];
            }
        }
    }

    private void blend(float[] inverse, Yarn yarn) {
        double low = correctionDim(yarn.betaFast(), yarn.trained());
        double high = correctionDim(yarn.betaSlow(), yarn.trained());
        if (yarn.truncate()) {
            low = Math.floor(low);
            high = Math.ceil(high);
        }
        low = Math.max(low, 0);
        high = Math.min(high, rotaryDim - 1);
        if (low == high) {
            high += 0.001;
        }
        for (int i = 0; i < inverse.length; i++) {
            float ramp = (float) Math.clamp((i - low) / (high - low), 0, 1);
            float kept = 1 - ramp;
            float frequency = (float) Math.pow(base, 2f * i / rotaryDim);
            float interpolated = 1f / ((float) yarn.factor() * frequency);
            inverse[i] = interpolated * (1 - kept) + inverse[i] * kept;
        }
    }

    private double correctionDim(double rotations, int trained) {
        return rotaryDim * Math.log(trained / (rotations * 2 * Math.PI)) / (2 * Math.log(base));
    }

    private float factor() {
        return scaling instanceof Yarn yarn ? (float) yarn.attentionFactor() : 1f;
    }

    /**
     * Cosines, then sines, of all positions: two row-major {@code [length, rotaryDim / 2]} tables in fp32.
     *
     * @param length positions 0 … length − 1
     */
    float[][] tables(int length) {
        float[] inverse = inverseFrequencies(length);
        int half = inverse.length;
        float factor = factor();
        float[] cos = new float[Math.multiplyExact(length, half)];
        float[] sin = new float[cos.length];
        for (int position = 0; position < length; position++) {
            for (int i = 0; i < half; i++) {
                float angle = position * inverse[i];
                cos[position * half + i] = (float) Math.cos(angle) * factor;
                sin[position * half + i] = (float) Math.sin(angle) * factor;
            }
        }
        return new float[][] {cos, sin};
    }
}
