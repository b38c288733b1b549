package org.wandagpu.compute.cpu;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/** The machine's vectors of floats: their way from and to memory, and a sum of their lanes in a fixed order. */
final class Vectors {

    static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
    static final int LANES = SPECIES.length();

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

    static FloatVector broadcast(float value) {
        return FloatVector.broadcast(SPECIES, value);
    }

    static FloatVector load(float[] source, int at) {
        return FloatVector.fromArray(SPECIES, source, at);
    }

    /** Loads little-endian floats from byte {@code at} on, at any address. */
    static FloatVector load(MemorySegment source, long at) {
        return FloatVector.fromMemorySegment(SPECIES, source, at, ByteOrder.LITTLE_ENDIAN);
    }

    /** Loads the lanes of a mask; the others are zero and may lie outside the memory. */
    static FloatVector load(MemorySegment source, long at, VectorMask<Float> mask) {
        return FloatVector.fromMemorySegment(SPECIES, source, at, ByteOrder.LITTLE_ENDIAN, mask);
    }

    static void store(FloatVector values, MemorySegment target, long at) {
        values.intoMemorySegment(target, at, ByteOrder.LITTLE_ENDIAN);
    }

    static void store(FloatVector values, MemorySegment target, long at, VectorMask<Float> mask) {
        values.intoMemorySegment(target, at, ByteOrder.LITTLE_ENDIAN, mask);
    }

    /** The mask of the first {@code count} lanes. */
    static VectorMask<Float> first(int count) {
        return SPECIES.indexInRange(0, count);
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
