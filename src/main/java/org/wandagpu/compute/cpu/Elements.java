package org.wandagpu.compute.cpu;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Questions about single elements, answered from their stored bits: finite, zero. Bound by memory: elements are read
 * once and never widened.
 */
final class Elements {

    private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_PREFERRED;
    private static final VectorSpecies<Short> SHORTS = ShortVector.SPECIES_PREFERRED;

    private static final int F32_EXPONENT = 0x7F800000;
    private static final short F16_EXPONENT = 0x7C00;
    private static final short BF16_EXPONENT = 0x7F80;

    private final Workers workers;

    Elements(Workers workers) {
        this.workers = workers;
    }

    /** Infinities and NaN are what has all bits of the exponent set. */
    boolean allFinite(CpuTensor x) {
        AtomicBoolean finite = new AtomicBoolean(true);
        RowBlocks.run(workers, x, (first, end) -> {
            if (finite.get() && !areFinite(x, first * x.columns(), end * x.columns())) {
                finite.set(false);
            }
        });
        return finite.get();
    }

    long countZeros(CpuTensor x) {
        AtomicLong zeros = new AtomicLong();
        RowBlocks.run(workers, x, (first, end) -> {
            long from = first * x.columns();
            long to = end * x.columns();
            zeros.addAndGet(switch (x.dtype()) {
                case F32 -> zeroInts(x.segment(), from, to);
                case F16, BF16 -> zeroShorts(x.segment(), from, to);
                default -> throw new IllegalArgumentException("cannot compute on " + x);
            });
        });
        return zeros.get();
    }

    private static boolean areFinite(CpuTensor x, long from, long to) {
        return switch (x.dtype()) {
            case F32 -> areFiniteInts(x.segment(), from, to);
            case F16 -> areFiniteShorts(x.segment(), from, to, F16_EXPONENT);
            case BF16 -> areFiniteShorts(x.segment(), from, to, BF16_EXPONENT);
            default -> throw new IllegalArgumentException("cannot compute on " + x);
        };
    }

    private static boolean areFiniteInts(MemorySegment x, long from, long to) {
        IntVector greatest = IntVector.zero(INTS);
        long i = from;
        for (; i <= to - INTS.length(); i += INTS.length()) {
            greatest = greatest.max(IntVector.fromMemorySegment(INTS, x, 4 * i, Vectors.ORDER).and(F32_EXPONENT));
        }
        boolean finite = greatest.reduceLanes(VectorOperators.MAX) < F32_EXPONENT;
        for (; i < to; i++) {
            finite &= Float.isFinite(x.get(CpuTensor.FLOAT, 4 * i));
        }
        return finite;
    }

    private static boolean areFiniteShorts(MemorySegment x, long from, long to, short exponent) {
        ShortVector greatest = ShortVector.zero(SHORTS);
        long i = from;
        for (; i <= to - SHORTS.length(); i += SHORTS.length()) {
            greatest = greatest.max(ShortVector.fromMemorySegment(SHORTS, x, 2 * i, Vectors.ORDER).and(exponent));
        }
        boolean finite = greatest.reduceLanes(VectorOperators.MAX) < exponent;
        for (; i < to; i++) {
            finite &= (x.get(CpuTensor.SHORT, 2 * i) & exponent) != exponent;
        }
        return finite;
    }

    private static long zeroInts(MemorySegment x, long from, long to) {
        long zeros = 0;
        long i = from;
        for (; i <= to - INTS.length(); i += INTS.length()) {
            zeros += IntVector.fromMemorySegment(INTS, x, 4 * i, Vectors.ORDER).and(Integer.MAX_VALUE)
                    .compare(VectorOperators.EQ, 0).trueCount();
        }
        for (; i < to; i++) {
            zeros += x.get(CpuTensor.FLOAT, 4 * i) == 0 ? 1 : 0;
        }
        return zeros;
    }

    private static long zeroShorts(MemorySegment x, long from, long to) {
        long zeros = 0;
        long i = from;
        for (; i <= to - SHORTS.length(); i += SHORTS.length()) {
            zeros += ShortVector.fromMemorySegment(SHORTS, x, 2 * i, Vectors.ORDER).and(Short.MAX_VALUE)
                    .compare(VectorOperators.EQ, (short) 0).trueCount();
        }
        for (; i < to; i++) {
            zeros += (x.get(CpuTensor.SHORT, 2 * i) & Short.MAX_VALUE) == 0 ? 1 : 0;
        }
        return zeros;
    }
}
