package org.wandagpu.compute.cpu;

import static org.wandagpu.compute.cpu.Vectors.LANES;
import static org.wandagpu.compute.cpu.Vectors.SPECIES;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * The logarithm of a sum of exponentials for each token, taken piece by piece without overflow: e^maximum stays out of
 * the sum. Parts of the sum are kept apart until the end, so that several threads can work on them.
 */
final class LogSums {

    private final int parts;
    private final int tokens;
    private final float[] maxima;
    private final double[] sums;

    LogSums(int parts, int tokens) {
        this.parts = parts;
        this.tokens = tokens;
        this.maxima = new float[Math.multiplyExact(parts, tokens)];
        this.sums = new double[parts * tokens];
        Arrays.fill(maxima, Float.NEGATIVE_INFINITY);
    }

    /**
     * Adds the exponentials of {@code count} values to one part of a token's sum.
     *
     * @param values overwritten with −∞ from {@code start + count} up to the next whole vector
     */
    void fold(int part, int token, float[] values, int start, int count) {
        int end = start + Math.ceilDiv(count, LANES) * LANES;
        Arrays.fill(values, start + count, end, Float.NEGATIVE_INFINITY);
        int slot = part * tokens + token;
        float before = maxima[slot];
        float maximum = maximum(values, start, end, before);
        if (maximum == Float.NEGATIVE_INFINITY) {
            return;
        }
        double sum = sumOfExponentials(values, start, end, maximum);
        sums[slot] = sum + (maximum == before ? sums[slot] : sums[slot] * Math.exp(before - maximum));
        maxima[slot] = maximum;
    }

    private static float maximum(float[] values, int start, int end, float least) {
        FloatVector maximum = FloatVector.broadcast(SPECIES, least);
        for (int i = start; i < end; i += LANES) {
            maximum = maximum.max(FloatVector.fromArray(SPECIES, values, i));
        }
        return maximum.reduceLanes(VectorOperators.MAX);
    }

    private static double sumOfExponentials(float[] values, int start, int end, float maximum) {
        FloatVector sum = FloatVector.zero(SPECIES);
        for (int i = start; i < end; i += LANES) {
            sum = sum.add(VectorMath.exp(FloatVector.fromArray(SPECIES, values, i).sub(maximum)));
        }
        return Vectors.sum(sum);
    }

    /** log Σ e^value over all values of a token. */
    double of(int token) {
        double maximum = Double.NEGATIVE_INFINITY;
        for (int part = 0; part < parts; part++) {
            maximum = Math.max(maximum, maxima[part * tokens + token]);
        }
        double sum = 0;
        for (int part = 0; part < parts; part++) {
            int slot = part * tokens + token;
            sum += sums[slot] * Math.exp(maxima[slot] - maximum);
        }
        return maximum + Math.log(sum);
    }
}
