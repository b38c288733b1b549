package org.wandagpu.model;

import java.util.Set;

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

    private static final Set<String> KINDS = Set.of("default", "linear", "dynamic", "llama3", "yarn");

    /**
     * Reads the rotation from config.json in any of its spellings.
     *
     * @param headDim elements of a head
     * @param defaultFraction rotated share of a head where the file names none
     */
    static Rope read(Config config, int headDim, int maxPositions, double defaultFraction, double defaultBase) {
        Config parameters = config.object("rope_parameters");
        Config scaling = parameters != null ? parameters : config.object("rope_scaling");
        double base = config.positive(defaultBase, "rope_theta", "rotary_emb_base");
        double fraction = config.positive(defaultFraction, "rotary_pct", "partial_rotary_factor");
        if (parameters != null) {
            base = parameters.positive(base, "rope_theta");
            fraction = parameters.positive(fraction, "partial_rotary_factor");
        }
        int rotaryDim = (int) (headDim * fraction);
        if (rotaryDim < 2 || rotaryDim > headDim || rotaryDim % 2 != 0) {
            throw config.bad("the rotated part of a head is " + rotaryDim + " of " + headDim + " elements",
                    "it must be an even number, at most the head");
        }
        return new Rope(rotaryDim, base, scaling == null ? new Plain() : readScaling(scaling, maxPositions));
    }

    private static Scaling readScaling(Config c, int maxPositions) {
        String kind = c.oneOf(KINDS, "default", "rope_type", "type");
        int trained = c.sizeOr(maxPositions, "original_max_position_embeddings");
        return switch (kind) {
            case "linear" -> new Linear(c.positive(1, "factor"));
            case "dynamic" -> new Dynamic(c.positive(1, "factor"), trained);
            case "llama3" -> new Llama3(c.positive(8, "factor"), c.positive(1, "low_freq_factor"),
                    c.positive(4, "high_freq_factor"), trained);
            case "yarn" -> readYarn(c, trained);
            default -> new Plain();
        };
    }

    private static Yarn readYarn(Config c, int trained) {
        double factor = c.positive(1, "factor");
        double mscale = c.number(0, "mscale");
        double mscaleAll = c.number(0, "mscale_all_dim");
        double fallback = mscale != 0 && mscaleAll != 0
                ? magnitudeScale(factor, mscale) / magnitudeScale(factor, mscaleAll)
                : magnitudeScale(factor, 1);
        return new Yarn(factor, c.positive(fallback, "attention_factor"), c.positive(32, "beta_fast"),
                c.positive(1, "beta_slow"), trained, c.flag(true, "truncate"));
    }

    private static double magnitudeScale(double factor, double mscale) {
        return factor <= 1 ? 1 : 0.1 * mscale * Math.log(factor) + 1;
    }

    /** Inverse frequency of each rotated pair, fp32, for sequences of up to {@code length} positions. */
    float[] inverseFrequencies(int length) {
        double effectiveBase = base;
        if (scaling instanceof Dynamic d && length > d.trained()) {
            effectiveBase = base * Math.pow(d.factor() * length / d.trained() - (d.factor() - 1),
                    (double) rotaryDim / (rotaryDim - 2));
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
