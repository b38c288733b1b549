package org.wandagpu.compute.cpu;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicLong;
import jdk.incubator.vector.FloatVector;
import org.wandagpu.compute.Device;
import org.wandagpu.compute.Ops;
import org.wandagpu.compute.Tensor;
import org.wandagpu.compute.Transfers;
import org.wandagpu.failure.DeviceException;
import org.wandagpu.tensor.DType;
import org.wandagpu.tensor.HostTensor;

/** The machine's processor: tensors in native memory, outside the Java heap, and a fixed pool of threads. */
public final class CpuDevice implements Device {

    private static final long CACHE_LINE = 64;
    private static final int TOKENS_AT_ONCE = 1024;
    private static final long RUNTIME_BYTES = 250L << 20;

    private final Workers workers;
    private final CpuOps ops;
    private final CpuTransfers transfers = new CpuTransfers();
    private final AtomicLong allocatedBytes = new AtomicLong();
    private final AtomicLong peakAllocatedBytes = new AtomicLong();

    /** @param threads number of threads that compute, the calling one included; at least 1 */
    public CpuDevice(int threads) {
        this.workers = new Workers(threads);
        this.ops = new CpuOps(workers);
    }

    /** Bits of the vectors that the kernels compute with. */
    public static int vectorBits() {
        return FloatVector.SPECIES_PREFERRED.vectorBitSize();
    }

    @Override
    public String kind() {
        return "cpu";
    }

    @Override
    public String name() {
        return CpuName.read() + ", " + workers.count() + (workers.count() == 1 ? " thread" : " threads");
    }

    @Override
    public long memoryBytes() {
        var system = (com.sun.management.OperatingSystemMXBean)
                java.lang.management.ManagementFactory.getOperatingSystemMXBean();
        return system.getTotalMemorySize();
    }

    @Override
    public long allocatedBytes() {
        return allocatedBytes.get();
    }

    @Override
    public long peakAllocatedBytes() {
        return peakAllocatedBytes.get();
    }

    /** What the Java runtime and the threads' scratch memory take, measured. */
    @Override
    public long runtimeBytes() {
        return RUNTIME_BYTES;
    }

    /** Nothing: it belongs to the threads and is part of {@link #runtimeBytes}. */
    @Override
    public long scratchBytes(int sequences, int seqlen, long widest, DType weights, long largest) {
        return 0;
    }

    @Override
    public Ops ops() {
        return ops;
    }

    @Override
    public Transfers transfers() {
        return transfers;
    }

    @Override
    public boolean sharesHostMemory() {
        return true;
    }

    @Override
    public int tokensAtOnce() {
        return TOKENS_AT_ONCE;
    }

    /** F32: nothing is rounded between two operations. */
    @Override
    public DType activationType(DType weights) {
        return DType.F32;
    }

    @Override
    public Tensor allocate(DType dtype, long rows, long columns) {
        long bytes = Math.multiplyExact(Math.multiplyExact(rows, columns), dtype.bytes());
        Arena arena = Arena.ofShared();
        try {
            MemorySegment segment = arena.allocate(bytes, CACHE_LINE);
            peakAllocatedBytes.accumulateAndGet(allocatedBytes.addAndGet(bytes), Math::max);
            return new CpuTensor(this, arena, null, dtype, rows, columns, segment);
        } catch (OutOfMemoryError e) {
            arena.close();
            throw new DeviceException("out of memory: " + bytes + " bytes for a " + dtype + "[" + rows + ", " + columns
                    + "] tensor could not be had, " + allocatedBytes + " are in use; lower --nsamples or --seqlen", e);
        }
    }

    void freed(long bytes) {
        allocatedBytes.addAndGet(-bytes);
    }

    @Override
    public Tensor copyOf(HostTensor source) {
        Tensor tensor = allocate(source.dtype(), rowsOf(source), columnsOf(source));
        tensor.copyFrom(source.bytes());
        return tensor;
    }

    @Override
    public Tensor place(HostTensor source) {
        return new CpuTensor(this, null, null, source.dtype(), rowsOf(source), columnsOf(source), source.bytes());
    }

    private static long rowsOf(HostTensor source) {
        return source.shape().length == 2 ? source.shape()[0] : 1;
    }

    private static long columnsOf(HostTensor source) {
        long[] shape = source.shape();
        if (shape.length < 1 || shape.length > 2) {
            throw new IllegalArgumentException("tensor must have rank 1 or 2: " + source);
        }
        return shape[shape.length - 1];
    }

    @Override
    public void close() {
        workers.close();
    }
}
