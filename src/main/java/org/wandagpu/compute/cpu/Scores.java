package org.wandagpu.compute.cpu;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Scores |w| · √s as integer keys that sort like them.
 *
 * <p>The bits of a float that is not negative rise with its value, so a score's key is its bit pattern without the
 * sign: −0 becomes +0, and infinity stays above every number. All NaNs get one key above infinity. Keys are not
 * negative, and {@link #NONE} is above every key.
 */
final class Scores {

    /** The key of every NaN: one above that of infinity. */
    static final int NAN = 0x7F80_0001;

    /** Pads the end of a run of keys: above every key, so never among the smallest. */
    static final int NONE = Integer.MAX_VALUE;

    static final VectorSpecies<Integer> INTS = IntVector.SPECIES_PREFERRED;
    static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;

    /** All bits of a float but its sign. */
    static final int MAGNITUDE = 0x7FFF_FFFF;

    private Scores() {
    }

    /** √s of each column, never −0; 1 everywhere where {@code s} is null, so that the score is |w| exactly. */
    static float[] inputNorms(CpuTensor s, long columns) {
        float[] norms;
        if (s == null) {
            norms = new float[(int) columns];
            Arrays.fill(norms, 1f);
        } else {
            norms = s.toFloats();
            for (int j = 0; j < norms.length; j++) {
                norms[j] = (float) Math.sqrt(norms[j]) + 0f;
            }
        }
        return norms;
    }

    /** The key of a weight in a column of the given input norm. */
    static int key(float weight, float norm) {
        return Math.min(Float.floatToRawIntBits(weight * norm) & MAGNITUDE, NAN);
    }

    /** The keys of neighbouring weights. */
    static IntVector keys(FloatVector weights, FloatVector norms) {
        return weights.mul(norms).reinterpretAsInts()
                .lanewise(VectorOperators.AND, MAGNITUDE)
                .lanewise(VectorOperators.MIN, NAN);
    }
}
