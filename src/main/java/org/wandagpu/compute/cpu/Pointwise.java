package org.wandagpu.compute.cpu;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import org.wandagpu.compute.Activation;

/**
 * Activations, sums and copies, element by element; an element's result does not depend on where it lies. Bound by
 * memory, for tensors that fit a cache by the exponentials.
 */
final class Pointwise {

    private static final VectorSpecies<Float> SPECIES = Vectors.SPECIES;
    private static final long VECTOR_BYTES = 4L * Vectors.LANES;

    /** Bytes that are activated before they meet their factors: a part of the first cache. */
    private static final long PIECE_BYTES = 128 * VECTOR_BYTES;

    // 2 √(2/π), and that times 0.044715: tanh(u) = 2 / (1 + e^-2u) - 1
    private static final FloatVector MINUS_GELU_LINEAR = FloatVector.broadcast(SPECIES, -1.5957691216057308f);
    private static final FloatVector MINUS_GELU_CUBIC = FloatVector.broadcast(SPECIES, -0.0713548162726009f);

    private final Workers workers;

    Pointwise(Workers workers) {
        this.workers = workers;
    }

    void activate(Activation f, CpuTensor x) {
        RowBlocks.run(workers, x, (first, end) ->
                activate(f, x.segment(), 4L * first * x.columns(), 4L * end * x.columns()));
    }

    void activateGated(Activation f, CpuTensor gate, CpuTensor up) {
        RowBlocks.run(workers, gate, (first, end) -> {
            long last = 4L * end * gate.columns();
            for (long from = 4L * first * gate.columns(); from < last; from += PIECE_BYTES) {
                long to = Math.min(last, from + PIECE_BYTES);
                activate(f, gate.segment(), from, to);
                multiply(up.segment(), gate.segment(), from, to);
            }
        });
    }

    void add(CpuTensor x, CpuTensor y) {
        RowBlocks.run(workers, x, (first, end) ->
                add(x.segment(), y.segment(), 4L * first * x.columns(), 4L * end * x.columns()));
    }

    void copy(CpuTensor x, CpuTensor y) {
        RowBlocks.run(workers, x, (first, end) -> {
            long at = 4L * first * x.columns();
            MemorySegment.copy(x.segment(), at, y.segment(), at, 4L * (end - first) * x.columns());
        });
    }

    private static void activate(Activation f, MemorySegment x, long from, long to) {
        long whole = to - (to - from) % VECTOR_BYTES;
        switch (f) {
            case RELU -> relu(x, from, whole);
            case SILU -> silu(x, from, whole);
            case GELU_ERF -> geluErf(x, from, whole);
            case GELU_TANH -> geluTanh(x, from, whole);
        }
        for (long at = whole; at < to; at += 4) {
            FloatVector value = FloatVector.broadcast(SPECIES, x.get(CpuTensor.FLOAT, at));
            x.set(CpuTensor.FLOAT, at, apply(f, value).lane(0));
        }
    }

    private static FloatVector apply(Activation f, FloatVector x) {
        return switch (f) {
            case RELU -> relu(x);
            case SILU -> silu(x);
            case GELU_ERF -> geluErf(x);
            case GELU_TANH -> geluTanh(x);
        };
    }

    // A loop for each activation: one loop over any of them would call it, and put every vector on the heap.

    private static void relu(MemorySegment x, long from, long to) {
        for (long at = from; at < to; at += VECTOR_BYTES) {
            FloatVector value = FloatVector.fromMemorySegment(SPECIES, x, at, Vectors.ORDER);
            relu(value).intoMemorySegment(x, at, Vectors.ORDER);
        }
    }

    private static void silu(MemorySegment x, long from, long to) {
        for (long at = from; at < to; at += VECTOR_BYTES) {
            FloatVector value = FloatVector.fromMemorySegment(SPECIES, x, at, Vectors.ORDER);
            silu(value).intoMemorySegment(x, at, Vectors.ORDER);
        }
    }

    private static void geluErf(MemorySegment x, long from, long to) {
        for (long at = from; at < to; at += VECTOR_BYTES) {
            FloatVector value = FloatVector.fromMemorySegment(SPECIES, x, at, Vectors.ORDER);
            geluErf(value).intoMemorySegment(x, at, Vectors.ORDER);
        }
    }

    private static void geluTanh(MemorySegment x, long from, long to) {
        for (long at = from; at < to; at += VECTOR_BYTES) {
            FloatVector value = FloatVector.fromMemorySegment(SPECIES, x, at, Vectors.ORDER);
            geluTanh(value).intoMemorySegment(x, at, Vectors.ORDER);
        }
    }

    private static FloatVector relu(FloatVector x) {
        return x.blend(0, x.compare(VectorOperators.LE, 0)); // NaN stays
    }

    private static FloatVector silu(FloatVector x) {
        return x.div(VectorMath.exp(x.neg()).add(1));
    }

    private static FloatVector geluErf(FloatVector x) {
        return VectorMath.erf(x.mul((float) Math.sqrt(0.5))).add(1).mul(x.mul(0.5f));
    }

    /** x/2 (1 + tanh(u)) = x / (1 + e^-2u), which keeps the digits of small results. */
    private static FloatVector geluTanh(FloatVector x) {
        FloatVector minusTwoU = x.mul(x).fma(MINUS_GELU_CUBIC, MINUS_GELU_LINEAR).mul(x);
        return x.div(VectorMath.exp(minusTwoU).add(1));
    }

    private static void multiply(MemorySegment x, MemorySegment y, long from, long to) {
        long whole = to - (to - from) % VECTOR_BYTES;
        for (long at = from; at < whole; at += VECTOR_BYTES) {
            FloatVector.fromMemorySegment(SPECIES, y, at, Vectors.ORDER)
                    .mul(FloatVector.fromMemorySegment(SPECIES, x, at, Vectors.ORDER))
                    .intoMemorySegment(y, at, Vectors.ORDER);
        }
        for (long at = whole; at < to; at += 4) {
            y.set(CpuTensor.FLOAT, at, y.get(CpuTensor.FLOAT, at) * x.get(CpuTensor.FLOAT, at));
        }
    }

    private static void add(MemorySegment x, MemorySegment y, long from, long to) {
        long whole = to - (to - from) % VECTOR_BYTES;
        for (long at = from; at < whole; at += VECTOR_BYTES) {
            FloatVector.fromMemorySegment(SPECIES, y, at, Vectors.ORDER)
                    .add(FloatVector.fromMemorySegment(SPECIES, x, at, Vectors.ORDER))
                    .intoMemorySegment(y, at, Vectors.ORDER);
        }
        for (long at = whole; at < to; at += 4) {
            y.set(CpuTensor.FLOAT, at, y.get(CpuTensor.FLOAT, at) + x.get(CpuTensor.FLOAT, at));
        }
    }
}
