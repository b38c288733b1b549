package org.wandagpu.model;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Set;

/**
 * Reads the rotation from config.json in any of its spellings: {@code rope_scaling} or, in newer files,
 * {@code rope_parameters}, which may also hold the base and the rotated share of a head; base and share may stand at
 * the top level instead.
 */
final class RopeReader {

    private static final double DEFAULT_BASE = 10000;
    private static final Set<String> KINDS = Set.of("default", "linear", "dynamic", "llama3", "yarn");

    private final Config config;
    private final Config scaling;
    private final int maxPositions;

    /** @param maxPositions the model's {@code max_position_embeddings} */
    RopeReader(Config config, int maxPositions) {
        Config older = config.object("rope_scaling");
        this.config = config;
        this.scaling = older != null ? older : config.object("rope_parameters");
        this.maxPositions = maxPositions;
    }

    /** The rotation of a family that rotates whole heads; a file that asks for a part of them is refused. */
    Rope wholeHeads(int headDim) {
        for (Config c : scaling == null ? new Config[] {config} : new Config[] {config, scaling}) {
            if (c.positiveOr(1, "partial_rotary_factor") != 1) {
                throw c.badValue("partial_rotary_factor", "this program rotates whole heads in "
                        + config.textOr("", "model_type"));
            }
        }
        return rotating(headDim, headDim);
    }

    /**
     * The rotation of a family that rotates a part of each head.
     *
     * @param defaultShare rotated share of a head where the file names none
     */
    Rope partOfHeads(int headDim, double defaultShare) {
        double share = config.positiveOr(defaultShare, "rotary_pct", "partial_rotary_factor");
        if (scaling != null) {
            share = scaling.positiveOr(share, "partial_rotary_factor");
        }
        return rotating((int) (headDim * share), headDim);
    }

    private Rope rotating(int rotaryDim, int headDim) {
        if (rotaryDim < 2 || rotaryDim > headDim || rotaryDim % 2 != 0) {
            throw config.bad("the rotated part of a head is " + rotaryDim + " of " + headDim + " elements",
                    "it must be an even number, at most the head");
        }
        double base = config.positiveOr(DEFAULT_BASE, "rope_theta", "rotary_emb_base");
        if (scaling != null) {
            base = scaling.positiveOr(base, "rope_theta");
        }
        if (base <= 1) {
            throw config.bad("rope_theta is " + base, "it must be above 1");
        }
        return new Rope(rotaryDim, base, scaling == null ? new Rope.Plain() : scaling());
    }

    private Rope.Scaling scaling() {
        for (JsonNode value : scaling.root()) {
            if (value.isObject()) {
                throw scaling.bad("holds a rotation for each kind of block", "this program knows one rotation a model");
            }
        }
        String kind = scaling.oneOf(KINDS, "default", "rope_type", "type");
        return switch (kind) {
            case "linear" -> new Rope.Linear(scaling.positive("factor"));
            case "dynamic" -> new Rope.Dynamic(scaling.positive("factor"), maxPositions);
            case "llama3" -> llama3();
            case "yarn" -> yarn();
            default -> new Rope.Plain();
        };
    }

    /** The length before the context was stretched. */
    private int trainedPositions() {
        return config.sizeOr(scaling.sizeOr(maxPositions, "original_max_position_embeddings"),
                "original_max_position_embeddings");
    }

    private Rope.Llama3 llama3() {
        Rope.Llama3 bands = new Rope.Llama3(scaling.positive("factor"), scaling.positive("low_freq_factor"),
                scaling.positive("high_freq_factor"), trainedPositions());
        if (bands.highFactor() <= bands.lowFactor()) {
            throw scaling.badValue("high_freq_factor", "it must be above low_freq_factor");
        }
        return bands;
    }

    private Rope.Yarn yarn() {
        int trained = trainedPositions();
        double factor = scaling.positiveOr((double) maxPositions / trained, "factor");
        double magnitude = magnitudeScale(factor, 1);
        if (isSet("mscale") && isSet("mscale_all_dim")) {
            magnitude = magnitudeScale(factor, scaling.positive("mscale"))
                    / magnitudeScale(factor, scaling.positive("mscale_all_dim"));
        }
        return new Rope.Yarn(factor, scaling.positiveOr(magnitude, "attention_factor"),
                scaling.positiveOr(32, "beta_fast"), scaling.positiveOr(1, "beta_slow"), trained,
                scaling.flag(true, "truncate"));
    }

    private boolean isSet(String key) {
        JsonNode value = scaling.find(key);
        return value != null && !(value.isNumber() && value.doubleValue() == 0);
    }

    private static double magnitudeScale(double factor, double mscale) {
        return factor <= 1 ? 1 : 0.1 * mscale * Math.log(factor) + 1;
    }
}
