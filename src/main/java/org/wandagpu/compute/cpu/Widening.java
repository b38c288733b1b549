package org.wandagpu.compute.cpu;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;
import org.wandagpu.tensor.DType;
import org.wandagpu.tensor.Half;

/** Exact conversion of stored elements to fp32, about as fast as memory gives them. */
final class Widening {

    private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_PREFERRED;
    private static final VectorSpecies<Short> SHORTS =
            VectorSpecies.of(short.class, VectorShape.forBitSize(INTS.vectorBitSize() / 2));

    private static final int PIECE_ELEMENTS = 2048;
    /**
     * A thread's elements on their way. Loops read them from an array, because a loop over memory segments is fast only
     * as long as the program has seen one kind of segment there: mapped, native and heap together make it slow.
     */
    private static final ThreadLocal<short[]> PIECE = ThreadLocal.withInitial(() -> new short[PIECE_ELEMENTS]);

    private Widening() {
    }

    /**
     * Widens a run of elements into an array. Values are kept exactly, infinities and the payloads of NaN included; a
     * signalling binary16 NaN may become quiet.
     *
     * @param source row-major little-endian F32, F16 or BF16 elements, at any address
     * @param first index of the first element in {@code source}
     */
    static void toFloats(MemorySegment source, DType dtype, long first, int count, float[] target, int targetOffset) {
        switch (dtype) {
            case F32 -> MemorySegment.copy(source, CpuTensor.FLOAT, first * 4, target, targetOffset, count);
            case F16 -> fromF16(source, first, count, target, targetOffset);
            case BF16 -> fromBf16(source, first, count, target, targetOffset);
            default -> throw new IllegalArgumentException("cannot compute on dtype=" + dtype);
        }
    }

    /** The compiler turns the loop into the processor's own conversion, which the Vector API does not offer. */
    private static void fromF16(MemorySegment source, long first, int count, float[] target, int targetOffset) {
        short[] bits = PIECE.get();
        for (int from = 0; from < count; from += PIECE_ELEMENTS) {
            int length = Math.min(PIECE_ELEMENTS, count - from);
            MemorySegment.copy(source, CpuTensor.SHORT, (first + from) * Short.BYTES, bits, 0, length);
            for (int i = 0; i < length; i++) {
                target[targetOffset + from + i] = Half.fromF16(bits[i]);
            }
        }
    }

    /** A bfloat16 is the upper half of a float: the compiler leaves the plain loop scalar, ten times slower. */
    private static void fromBf16(MemorySegment source, long first, int count, float[] target, int targetOffset) {
        short[] bits = PIECE.get();
        for (int from = 0; from < count; from += PIECE_ELEMENTS) {
            int length = Math.min(PIECE_ELEMENTS, count - from);
            MemorySegment.copy(source, CpuTensor.SHORT, (first + from) * Short.BYTES, bits, 0, length);
            int whole = INTS.loopBound(length);
            for (int i = 0; i < whole; i += INTS.length()) {
                IntVector upper = (IntVector) ShortVector.fromArray(SHORTS, bits, i)
                        .convertShape(VectorOperators.S2I, INTS, 0);
                FloatVector values = upper.lanewise(VectorOperators.LSHL, Short.SIZE).reinterpretAsFloats();
                values.intoArray(target, targetOffset + from + i);
            }
            for (int i = whole; i < length; i++) {
                target[targetOffset + from + i] = Half.fromBf16(bits[i]);
            }
        }
    }
}
