package org.wandagpu.compute.cpu;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;
import org.wandagpu.compute.Heads;

/**
 * Rotary position embedding, by halves, in place, and the copy of heads from one layout to another. Bound by memory.
 *
 * <p>The two products of an element are rounded before they are added, as PyTorch does it.
 */
final class Rotary {

    private static final VectorSpecies<Float> SPECIES = Vectors.SPECIES;
    private static final int LANES = Vectors.LANES;

    private final Workers workers;

    Rotary(Workers workers) {
        this.workers = workers;
    }

    void rotate(Heads heads, CpuTensor x, CpuTensor cos, CpuTensor sin, int first, int seqlen) {
        int n = (int) cos.columns();
        RowBlocks.run(workers, x, (firstRow, end) -> {
            for (int row = firstRow; row < end; row++) {
                long angles = 4L * n * (first + row % seqlen);
                for (int head = 0; head < heads.count(); head++) {
                    rotate(x.segment(), HeadMemory.at(heads, row, head), cos.segment(), sin.segment(), angles, n);
                }
            }
        });
    }

    private static void rotate(MemorySegment x, long at, MemorySegment cos, MemorySegment sin, long angles, int n) {
        int whole = SPECIES.loopBound(n);
        long half = 4L * n;
        for (int i = 0; i < whole; i += LANES) {
            long low = at + 4L * i;
            FloatVector a = FloatVector.fromMemorySegment(SPECIES, x, low, Vectors.ORDER);
            FloatVector b = FloatVector.fromMemorySegment(SPECIES, x, low + half, Vectors.ORDER);
            FloatVector c = FloatVector.fromMemorySegment(SPECIES, cos, angles + 4L * i, Vectors.ORDER);
            FloatVector s = FloatVector.fromMemorySegment(SPECIES, sin, angles + 4L * i, Vectors.ORDER);
            a.mul(c).sub(b.mul(s)).intoMemorySegment(x, low, Vectors.ORDER);
            b.mul(c).add(a.mul(s)).intoMemorySegment(x, low + half, Vectors.ORDER);
        }
        for (int i = whole; i < n; i++) {
            float a = x.get(CpuTensor.FLOAT, at + 4L * i);
            float b = x.get(CpuTensor.FLOAT, at + 4L * i + half);
            float c = cos.get(CpuTensor.FLOAT, angles + 4L * i);
            float s = sin.get(CpuTensor.FLOAT, angles + 4L * i);
            x.set(CpuTensor.FLOAT, at + 4L * i, a * c - b * s);
            x.set(CpuTensor.FLOAT, at + 4L * i + half, b * c + a * s);
        }
    }

    void copy(Heads from, CpuTensor source, Heads to, CpuTensor target) {
        boolean adjacent = from.headStride() == from.headDim() && to.headStride() == to.headDim();
        int pieces = adjacent ? 1 : from.count();
        long bytes = 4L * from.headDim() * (adjacent ? from.count() : 1);
        RowBlocks.run(workers, source, (first, end) -> {
            for (int row = first; row < end; row++) {
                for (int piece = 0; piece < pieces; piece++) {
                    MemorySegment.copy(source.segment(), HeadMemory.at(from, row, piece), target.segment(),
                            HeadMemory.at(to, row, piece), bytes);
                }
            }
        });
    }
}
