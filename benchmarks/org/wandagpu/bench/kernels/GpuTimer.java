package org.wandagpu.bench.kernels;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
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

    GpuTimer(KernelRuntime runtime) {
        this.runtime = runtime;
    }

    /** Milliseconds of a launch in each round. */
    double[] milliseconds(KernelCase kernel, LayerShape shape) {
        List<DeviceBuffer> buffers = new ArrayList<>();
        Operands.Memory memory = memory(buffers);
        try (Event first = runtime.gpu().event(); Event last = runtime.gpu().event()) {
            MemorySegment weights = Operands.weights(shape.rows(), shape.columns());
            List<Operands> ring = new ArrayList<>();
            for (long bytes = 0; bytes < ROTATED_BYTES; bytes += weights.byteSize()) {
                ring.add(Operands.make(shape.rows(), shape.columns(), weights, memory));
            }
            double[] times = new double[ROUNDS];
            for (int round = -WARM_UP; round < ROUNDS; round++) {
                ring.forEach(operands -> memory.copyIn(operands.w().address(), weights));
                runtime.stream().record(first);
                ring.forEach(operands -> kernel.launch(runtime, operands));
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
                runtime.copyIn(address, bytes.byteSize(), target -> target.copyFrom(bytes));
            }
        };
    }
}
