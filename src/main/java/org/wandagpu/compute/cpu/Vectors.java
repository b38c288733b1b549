package org.wandagpu.compute.cpu;

import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * The machine's vectors of floats, and a sum of their lanes in a fixed order.
 *
 * <p>Kernels call the Vector API directly, without helpers of their own around a load or a store: the compiler inlines
 * the API without limit, but our methods only while a compiled method is small, and a vector that passes through a call
 * is an object on the heap. For the same reason a kernel calls {@link VectorMath} once in a loop of its own.
 */
final class Vectors {

    static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
    static final int LANES = SPECIES.length();

    /** Byte order of tensors in memory. */
    static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

    private static final VectorShuffle<Float> HALF = rotation(2);
    private static final VectorShuffle<Float> QUARTER = rotation(4);
    private static final VectorShuffle<Float> EIGHTH = rotation(8);
    private static final VectorShuffle<Float> SIXTEENTH = rotation(16);

    private Vectors() {
    }

    private static VectorShuffle<Float> rotation(int part) {
        int distance = LANES / part;
        return VectorShuffle.fromOp(SPECIES, lane -> (lane + distance) % LANES);
    }

    /**
     * The sum of all lanes, by halves: lane i and lane i + n/2 first. Unlike {@code reduceLanes(ADD)}, which leaves the
     * order open, it has the same bits whether it is interpreted or compiled.
     */
    static float sum(FloatVector x) {
        FloatVector sums = x.add(x.rearrange(HALF));
        sums = sums.add(sums.rearrange(QUARTER));
        if (LANES >= 8) {
            sums = sums.add(sums.rearrange(EIGHTH));
        }
        if (LANES >= 16) {
            sums = sums.add(sums.rearrange(SIXTEENTH));
        }
        float total = sums.lane(0);
        for (int lane = 1; lane < LANES / 16; lane++) {
            total += sums.lane(lane);
        }
        return total;
    }
}
