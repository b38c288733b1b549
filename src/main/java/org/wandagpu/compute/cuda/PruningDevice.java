package org.wandagpu.compute.cuda;

import org.wandagpu.compute.Device;
import org.wandagpu.compute.Ops;
import org.wandagpu.compute.Tensor;
import org.wandagpu.tensor.DType;
import org.wandagpu.tensor.HostTensor;

/**
 * A host device whose pruning operations run as CUDA kernels ({@link PruningOps}): its tensors, memory and decoder
 * blocks are the host's. Owns both.
 */
public final class PruningDevice implements Device {

    private final Device host;
    private final KernelRuntime runtime;
    private final Ops ops;

    public PruningDevice(Device host, KernelRuntime runtime) {
        this.host = host;
        this.runtime = runtime;
        this.ops = new PruningOps(host.ops(), runtime);
    }

    @Override
    public String kind() {
        return runtime.kind();
    }

    @Override
    public String name() {
        return runtime.gpu().name() + "; decoder blocks on " + host.name();
    }

    @Override
    public String driver() {
        return runtime.gpu().driverVersion();
    }

    @Override
    public long memoryBytes() {
        return host.memoryBytes();
    }

    @Override
    public long allocatedBytes() {
        return host.allocatedBytes();
    }

    @Override
    public long peakAllocatedBytes() {
        return host.peakAllocatedBytes();
    }

    @Override
    public Ops ops() {
        return ops;
    }

    @Override
    public DType activationType(DType weights) {
        return host.activationType(weights);
    }

    @Override
    public Tensor allocate(DType dtype, long rows, long columns) {
        return host.allocate(dtype, rows, columns);
    }

    @Override
    public Tensor copyOf(HostTensor source) {
        return host.copyOf(source);
    }

    @Override
    public Tensor place(HostTensor source) {
        return host.place(source);
    }

    @Override
    public void close() {
        try (Device closedLast = host) {
            runtime.close();
        }
    }
}
