package org.wandagpu.inspect;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.wandagpu.tensor.DType;
import org.wandagpu.tensor.HostTensor;
import org.wandagpu.tensor.NmPattern;

/**
 * The zeros of one weight matrix, of either sign.
 *
 * @param count number of zeros
 * @param kept the patterns, of those asked for, that every group of every row keeps
 */
record Zeros(long count, List<NmPattern> kept) {

    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    /**
     * Looks at all weights of a matrix, rows in parallel.
     *
     * @param w {@code [outFeatures, inFeatures]}, F32, F16 or BF16
     */
    static Zeros of(HostTensor w, List<NmPattern> patterns) {
        int rows = Math.toIntExact(w.shape()[0]);
        int columns = Math.toIntExact(w.shape()[1]);
        AtomicLong zeros = new AtomicLong();
        AtomicInteger broken = new AtomicInteger();
        IntStream.range(0, rows).parallel().forEach(row -> {
            boolean[] zero = zerosOfRow(w, (long) row * columns, columns);
            int count = 0;
            for (boolean z : zero) {
                count += z ? 1 : 0;
            }
            zeros.addAndGet(count);
            for (int i = 0; i < patterns.size(); i++) {
                if ((broken.get() & 1 << i) == 0 && !keeps(zero, patterns.get(i))) {
                    int bit = 1 << i;
                    broken.updateAndGet(bits -> bits | bit);
                }
            }
        });
        List<NmPattern> kept = IntStream.range(0, patterns.size())
                .filter(i -> (broken.get() & 1 << i) == 0)
                .mapToObj(patterns::get)
                .toList();
        return new Zeros(zeros.get(), kept);
    }

    private static boolean[] zerosOfRow(HostTensor w, long first, int columns) {
        MemorySegment bytes = w.bytes();
        boolean[] zero = new boolean[columns];
        if (w.dtype() == DType.F32) {
            for (int j = 0; j < columns; j++) {
                zero[j] = bytes.get(INT, (first + j) * 4) << 1 == 0;
            }
        } else {
            for (int j = 0; j < columns; j++) {
                zero[j] = (bytes.get(SHORT, (first + j) * 2) & 0x7FFF) == 0;
            }
        }
        return zero;
    }

    /** Whether every group of M, a shorter last one included, has at least M − N zeros. */
    private static boolean keeps(boolean[] zero, NmPattern pattern) {
        for (int from = 0; from < zero.length; from += pattern.groupSize()) {
            int zeros = 0;
            for (int j = from; j < Math.min(zero.length, from + pattern.groupSize()); j++) {
                zeros += zero[j] ? 1 : 0;
            }
            if (zeros < pattern.zeroedPerGroup()) {
                return false;
            }
        }
        return true;
    }
}
