package org.wandagpu.oracle;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * Rotation of queries and keys, written from the papers: frequencies in double, rounded to fp32 once; the angle is
 * their fp32 product with the position, as trained models were run.
 */
final class OracleRope {

    private final float[] inverse;
    private final double magnitude;

    /**
     * @param rotated elements of a head that are rotated
     * @param length tokens of the sequence, on which dynamic scaling depends
     */
    OracleRope(OracleCheckpoint checkpoint, int rotated, int length) {
        JsonNode config = checkpoint.config();
        JsonNode scaling = config.path(config.hasNonNull("rope_scaling") ? "rope_scaling" : "rope_parameters");
        String kind = scaling.path("rope_type").asText(scaling.path("type").asText("default"));
        double base = scaling.path("rope_theta").asDouble(checkpoint.number(10000, "rope_theta", "rotary_emb_base"));
        double positions = checkpoint.number(2048, "max_position_embeddings");
        double trained = checkpoint.number(scaling.path("original_max_position_embeddings").asDouble(positions),
                "original_max_position_embeddings");
        double factor = scaling.path("factor").asDouble(1);
        if (kind.equals("dynamic") && length > positions) {
            base *= Math.pow(factor * length / positions - (factor - 1), rotated / (rotated - 2.0));
        }
        inverse = new float[rotated / 2];
        for (int i = 0; i < inverse.length; i++) {
            double frequency = Math.pow(base, -2.0 * i / rotated);
            inverse[i] = (float) switch (kind) {
                case "linear" -> frequency / factor;
                case "llama3" -> llama3(frequency, factor, trained, scaling);
                case "yarn" -> yarn(frequency, factor, i, rotated, base, trained, scaling);
                default -> frequency;
            };
        }
        magnitude = kind.equals("yarn") ? yarnMagnitude(factor, scaling) : 1;
    }

    private static double llama3(double frequency, double factor, double trained, JsonNode scaling) {
        double low = scaling.get("low_freq_factor").asDouble();
        double high = scaling.get("high_freq_factor").asDouble();
        double wavelength = 2 * Math.PI / frequency;
        if (wavelength > trained / low) {
            return frequency / factor;
        }
        if (wavelength < trained / high) {
            return frequency;
        }
        double smooth = (trained / wavelength - low) / (high - low);
        return (1 - smooth) * frequency / factor + smooth * frequency;
    }

    private static double yarn(double frequency, double factor, int pair, int rotated, double base, double trained,
            JsonNode scaling) {
        double begin = pairOfRotations(scaling.path("beta_fast").asDouble(32), rotated, base, trained);
        double end = pairOfRotations(scaling.path("beta_slow").asDouble(1), rotated, base, trained);
        if (scaling.path("truncate").asBoolean(true)) {
            begin = Math.floor(begin);
            end = Math.ceil(end);
        }
        begin = Math.max(begin, 0);
        end = Math.min(end, rotated - 1);
        double ramp = Math.clamp((pair - begin) / (begin == end ? 0.001 : end - begin), 0, 1);
        return frequency / factor * ramp + frequency * (1 - ramp);
    }

    private static double pairOfRotations(double rotations, int rotated, double base, double trained) {
        return rotated * Math.log(trained / (rotations * 2 * Math.PI)) / (2 * Math.log(base));
    }

    private static double yarnMagnitude(double factor, JsonNode scaling) {
        if (scaling.has("attention_factor")) {
            return scaling.get("attention_factor").asDouble();
        }
        if (scaling.has("mscale") && scaling.has("mscale_all_dim")) {
            return (0.1 * scaling.get("mscale").asDouble() * Math.log(factor) + 1)
                    / (0.1 * scaling.get("mscale_all_dim").asDouble() * Math.log(factor) + 1);
        }
        return 0.1 * Math.log(factor) + 1;
    }

    /** Rotates the first elements of a head in place. */
    void rotate(double[] head, int position) {
        int half = inverse.length;
        for (int i = 0; i < half; i++) {
            float angle = position * inverse[i];
            double cos = Math.cos(angle) * magnitude;
            double sin = Math.sin(angle) * magnitude;
            double a = head[i];
            double b = head[i + half];
            head[i] = a * cos - b * sin;
            head[i + half] = b * cos + a * sin;
        }
    }
}
