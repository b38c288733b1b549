package org.wandagpu.bench.kernels;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.wandagpu.compute.cuda.KernelRuntime;
import org.wandagpu.cuda.DeviceBuffer;
import org.wandagpu.cuda.Event;
import org.wandagpu.cuda.Handle;

/**
 * Measures a kernel on a GPU between two events. Each launch of a round has a matrix of its own, together more than any
 * second-level cache holds twice; what kernels have changed is copied anew before each round.
 */
final class GpuTimer {

    private static final int ROUNDS = 21;
    private static final int WARM_UP = 3;
    private static final long ROTATED_BYTES = 256L << 20;

    private final KernelRuntime runtime;
    private final long rotatedBytes;
    private final int rounds;

    GpuTimer(KernelRuntime runtime) {
        this(runtime, ROTATED_BYTES, ROUNDS);
    }

    /** @param rotatedBytes of all matrices together */
    GpuTimer(KernelRuntime runtime, long rotatedBytes, int rounds) {
        this.runtime = runtime;
        this.rotatedBytes = rotatedBytes;
        this.rounds = rounds;
    }

    /**
     * Milliseconds of a launch in each round.
     *
     * @param launch carried out once for each matrix of the ring
     */
    double[] milliseconds(LayerShape shape, Consumer<Operands> launch) {
        List<DeviceBuffer> buffers = new ArrayList<>();
        Operands.Memory memory = memory(buffers);
        try (Event first = runtime.gpu().event(); Event last = runtime.gpu().event()) {
            MemorySegment weights = Operands.weights(shape.rows(), shape.columns());
            List<Operands> ring = new ArrayList<>();
            for (long bytes = 0; bytes < rotatedBytes; bytes += weights.byteSize()) {
                ring.add(Operands.make(shape.rows(), shape.columns(), weights, memory));
            }
            double[] times = new double[rounds];
            for (int round = -WARM_UP; round < rounds; round++) {
                ring.forEach(operands -> memory.copyIn(operands.w().address(), weights));
                runtime.stream().record(first);
                ring.forEach(launch);
                runtime.stream().record(last);
                double each = last.millisecondsSince(first) / ring.size();
                times[Math.max(0, round)] = each;
            }
            return times;
        } finally {
            Handle.closeAll(buffers);
        }
    }

    private Operands.Memory memory(List<DeviceBuffer> buffers) {
        return new Operands.Memory() {
            @Override
            public long allocate(long bytes) {
                buffers.add(runtime.allocate(bytes));
                return buffers.getLast().address();
            }

            @Override
            public void copyIn(long address, MemorySegment bytes) {
                runtime.copyIn(address, bytes);
            }
        };
    }
}
