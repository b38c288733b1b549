package org.wandagpu.compute.cpu;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/** Zeroes weights whose key is below a limit; all other weights keep their bits. */
final class Zeroing {

    /** As many lanes as {@link Scores#INTS}, half as wide. */
    private static final VectorSpecies<Short> SHORTS =
            VectorSpecies.of(short.class, VectorShape.forBitSize(Scores.INTS.vectorBitSize() / 2));

    private static final int LANES = Scores.INTS.length();

    private Zeroing() {
    }

    /**
     * Zeroes {@code w[first + i]} where {@code keys[i] < limit}, for i from 0 to {@code count} − 1.
     *
     * <p>Every weight is written, kept ones with what they were: a full store is faster than a masked one.
     */
    static void below(CpuTensor w, long first, int[] keys, int count, int limit) {
        long address = first * w.dtype().bytes();
        if (w.dtype().bytes() == Integer.BYTES) {
            ints(w.segment(), address, keys, count, limit);
        } else {
            shorts(w.segment(), address, keys, count, limit);
        }
    }

    private static void ints(MemorySegment weights, long address, int[] keys, int count, int limit) {
        int whole = Scores.INTS.loopBound(count);
        for (int i = 0; i < whole; i += LANES) {
            long at = address + (long) i * Integer.BYTES;
            VectorMask<Integer> goes = IntVector.fromArray(Scores.INTS, keys, i).compare(VectorOperators.LT, limit);
            IntVector.fromMemorySegment(Scores.INTS, weights, at, ByteOrder.LITTLE_ENDIAN)
                    .blend(0, goes)
                    .intoMemorySegment(weights, at, ByteOrder.LITTLE_ENDIAN);
        }
        for (int i = whole; i < count; i++) {
            if (keys[i] < limit) {
                weights.set(CpuTensor.FLOAT, address + (long) i * Integer.BYTES, 0f);
            }
        }
    }

    private static void shorts(MemorySegment weights, long address, int[] keys, int count, int limit) {
        int whole = Scores.INTS.loopBound(count);
        for (int i = 0; i < whole; i += LANES) {
            long at = address + (long) i * Short.BYTES;
            VectorMask<Integer> goes = IntVector.fromArray(Scores.INTS, keys, i).compare(VectorOperators.LT, limit);
            ShortVector.fromMemorySegment(SHORTS, weights, at, ByteOrder.LITTLE_ENDIAN)
                    .blend((short) 0, goes.cast(SHORTS))
                    .intoMemorySegment(weights, at, ByteOrder.LITTLE_ENDIAN);
        }
        for (int i = whole; i < count; i++) {
            if (keys[i] < limit) {
                weights.set(CpuTensor.SHORT, address + (long) i * Short.BYTES, (short) 0);
            }
        }
    }
}
