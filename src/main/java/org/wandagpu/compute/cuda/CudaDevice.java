package org.wandagpu.compute.cuda;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.wandagpu.compute.Device;
import org.wandagpu.compute.Ops;
import org.wandagpu.compute.Tensor;
import org.wandagpu.compute.Transfers;
import org.wandagpu.cuda.DeviceBuffer;
import org.wandagpu.tensor.DType;
import org.wandagpu.tensor.Half;
import org.wandagpu.tensor.HostTensor;

/**
 * A GPU, or the simulator: tensors in its memory, operations by the CUDA kernels. Activations have 16 bits. Parameters
 * keep their type, but vectors are widened to F32.
 *
 * <p>Host tensors may be copied to it by other threads while the first one computes: they go with the {@link Transfers}.
 */
public final class CudaDevice implements Device {

    private static final int TOKENS_OF_A_MULTIPROCESSOR = 64;
    private static final int FEWEST_TOKENS = 1024;
    private static final int MOST_TOKENS = 8192;
    private static final long RUNTIME_BYTES = 600L << 20;

    private final KernelRuntime runtime;
    private final CudaOps ops;
    private final CudaTransfers transfers;

    private CudaDevice(KernelRuntime runtime) {
        this.runtime = runtime;
        this.ops = new CudaOps(runtime);
        this.transfers = new CudaTransfers(runtime.gpu());
    }

    /** @param runtime closed with the device, or at once if there can be none */
    public static CudaDevice over(KernelRuntime runtime) {
        try {
            return new CudaDevice(runtime);
        } catch (RuntimeException e) {
            try (runtime) {
                throw e;
            }
        }
    }

    @Override
    public String kind() {
        return runtime.kind();
    }

    @Override
    public String name() {
        return runtime.gpu().name();
    }

    @Override
    public String driver() {
        return runtime.gpu().driverVersion();
    }

    @Override
    public long memoryBytes() {
        return runtime.gpu().memoryBytes();
    }

    @Override
    public long allocatedBytes() {
        return runtime.gpu().allocatedBytes();
    }

    @Override
    public long peakAllocatedBytes() {
        return runtime.gpu().peakAllocatedBytes();
    }

    /** What the driver takes for a context and the code of the kernels; not measured. */
    @Override
    public long runtimeBytes() {
        return RUNTIME_BYTES;
    }

    @Override
    public long bytesOfCopy(HostTensor source) {
        return source.elements() * (source.shape().length == 1 ? DType.F32 : source.dtype()).bytes();
    }

    /** Partial sums of the statistics, or a weight in the activations' type, whichever is more. */
    @Override
    public long scratchBytes(int sequences, int seqlen, long widest, DType weights, long largest) {
        long partialSums = ColumnSquaresFold.scratchBytes(sequences, seqlen, Math.toIntExact(widest));
        long converted = weights == activationType(weights) ? 0 : largest * activationType(weights).bytes();
        return Math.max(partialSums, converted);
    }

    @Override
    public Ops ops() {
        return ops;
    }

    @Override
    public void synchronize() {
        runtime.synchronize();
    }

    @Override
    public Transfers transfers() {
        return transfers;
    }

    /** So many that every multiprocessor has tiles of a product for a while. */
    @Override
    public int tokensAtOnce() {
        return Math.clamp(TOKENS_OF_A_MULTIPROCESSOR * (long) runtime.multiprocessors(), FEWEST_TOKENS, MOST_TOKENS);
    }

    /** The weights' own 16 bits; F16 for F32 weights, of which it keeps more than BF16. */
    @Override
    public DType activationType(DType weights) {
        return weights == DType.F32 ? DType.F16 : weights;
    }

    @Override
    public Tensor allocate(DType dtype, long rows, long columns) {
        CudaTensor tensor = unwritten(dtype, rows, columns);
        try {
            runtime.clear(tensor.address(), tensor.byteSize());
            return tensor;
        } catch (RuntimeException e) {
            tensor.close();
            throw e;
        }
    }

    private CudaTensor unwritten(DType dtype, long rows, long columns) {
        long bytes = Math.multiplyExact(Math.multiplyExact(rows, columns), dtype.bytes());
        DeviceBuffer memory = runtime.allocate(Math.max(1, bytes));
        return CudaTensor.owning(runtime, memory, dtype, rows, columns);
    }

    @Override
    public Tensor copyOf(HostTensor source) {
        long[] shape = source.shape();
        return switch (shape.length) {
            case 1 -> vector(source);
            case 2 -> copied(source.dtype(), shape[0], shape[1], source.bytes());
            default -> throw new IllegalArgumentException("tensor must have rank 1 or 2: " + source);
        };
    }

    private Tensor vector(HostTensor source) {
        int length = Math.toIntExact(source.elements());
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment widened = arena.allocateFrom(ValueLayout.JAVA_FLOAT,
                    Half.widen(source.dtype(), source.bytes(), length));
            return copied(DType.F32, 1, length, widened);
        }
    }

    private Tensor copied(DType dtype, long rows, long columns, MemorySegment elements) {
        CudaTensor tensor = unwritten(dtype, rows, columns);
        try {
            transfers.in(elements, tensor);
            return tensor;
        } catch (RuntimeException e) {
            tensor.close();
            throw e;
        }
    }

    @Override
    public Tensor place(HostTensor source) {
        return copyOf(source);
    }

    @Override
    public void close() {
        try (runtime; transfers) {
            ops.close();
        }
    }
}
