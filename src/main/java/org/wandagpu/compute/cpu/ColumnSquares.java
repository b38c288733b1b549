package org.wandagpu.compute.cpu;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The running mean of squared column norms: Wanda's statistic.
 *
 * <p>Each column is summed by itself: the squares of {@value #TOKENS} tokens in a chain of fused multiply-adds, then
 * these partial sums in the order of the tokens. The order is the same for any split of the columns over threads and
 * for any vector width. {@code x} is read once, some rows at a time, each a stream the processor can fetch ahead.
 */
final class ColumnSquares {

    private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
    private static final int LANES = FLOATS.length();
    private static final int TOKENS = 8;
    /** Fewer columns are not worth a task; a multiple of every vector's length. */
    private static final int MIN_COLUMNS_PER_TASK = 64;

    private final Workers workers;
    private final ThreadLocal<float[]> sumsOfThread = ThreadLocal.withInitial(() -> new float[0]);

    ColumnSquares(Workers workers) {
        this.workers = workers;
    }

    void fold(CpuTensor x, int seqlen, int sequencesBefore, CpuTensor s) {
        int columns = (int) x.columns();
        int units = Math.ceilDiv(columns, MIN_COLUMNS_PER_TASK);
        int width = Math.ceilDiv(units, workers.count()) * MIN_COLUMNS_PER_TASK;
        workers.run(Math.ceilDiv(columns, width), task -> {
            int first = task * width;
            foldColumns(x, seqlen, sequencesBefore, s, first, Math.min(columns, first + width));
        });
    }

    private void foldColumns(CpuTensor x, int seqlen, int sequencesBefore, CpuTensor s, int first, int end) {
        float[] sums = sums(end - first);
        int sequences = (int) (x.rows() / seqlen);
        for (int sequence = 0; sequence < sequences; sequence++) {
            Arrays.fill(sums, 0, end - first, 0f);
            long row = (long) sequence * seqlen;
            for (int token = 0; token < seqlen; token += TOKENS) {
                addSquares(x, row + token, Math.min(TOKENS, seqlen - token), first, end, sums);
            }
            foldSums(sums, sequencesBefore + sequence, s.segment(), first, end);
        }
    }

    private float[] sums(int columns) {
        float[] sums = sumsOfThread.get();
        if (sums.length < columns) {
            sums = new float[columns];
            sumsOfThread.set(sums);
        }
        return sums;
    }

    /** {@code sums[j] += Σ x²} over {@code tokens} rows of {@code x} from row {@code row} on. */
    private static void addSquares(CpuTensor x, long row, int tokens, int first, int end, float[] sums) {
        MemorySegment segment = x.segment();
        long rowBytes = x.columns() * Float.BYTES;
        int whole = first + FLOATS.loopBound(end - first);
        for (int column = first; column < whole; column += LANES) {
            long address = row * rowBytes + (long) column * Float.BYTES;
            FloatVector squares = FloatVector.zero(FLOATS);
            for (int token = 0; token < tokens; token++) {
                FloatVector value = FloatVector.fromMemorySegment(FLOATS, segment, address + token * rowBytes,
                        ByteOrder.LITTLE_ENDIAN);
                squares = value.fma(value, squares);
            }
            FloatVector.fromArray(FLOATS, sums, column - first).add(squares).intoArray(sums, column - first);
        }
        for (int column = whole; column < end; column++) {
            long address = row * rowBytes + (long) column * Float.BYTES;
            float squares = 0;
            for (int token = 0; token < tokens; token++) {
                float value = segment.get(CpuTensor.FLOAT, address + token * rowBytes);
                squares = Math.fma(value, value, squares);
            }
            sums[column - first] += squares;
        }
    }

    /** {@code s ← s · n/(n+1) + sum/(n+1)}, n sequences having been folded before. */
    private static void foldSums(float[] sums, int n, MemorySegment s, int first, int end) {
        float weight = (float) ((double) n / (n + 1));
        for (int column = first; column < end; column++) {
            long address = (long) column * Float.BYTES;
            float mean = s.get(CpuTensor.FLOAT, address);
            s.set(CpuTensor.FLOAT, address, mean * weight + sums[column - first] / (n + 1));
        }
    }
}
