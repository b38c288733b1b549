package org.wandagpu.bench.kernels;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.wandagpu.compute.cuda.KernelLauncher;
import org.wandagpu.compute.cuda.ShippedKernels;
import org.wandagpu.cuda.LaunchShape;
import org.wandagpu.failure.DeviceException;
import org.wandagpu.simulator.Counters;
import org.wandagpu.simulator.LaunchReport;
import org.wandagpu.simulator.PtxModule;
import org.wandagpu.simulator.SimulatedGpu;

/** Launches kernels in the simulator and keeps what each has counted. */
final class CountingLauncher implements KernelLauncher, Operands.Memory {

    private final SimulatedGpu gpu = new SimulatedGpu();
    private final Map<String, PtxModule> modules = new HashMap<>();
    private final List<Launched> launches = new ArrayList<>();
    private final int multiprocessors;

    /** A launch of an entry. */
    record Launched(String entry, Counters counters) {
    }

    CountingLauncher(int multiprocessors) {
        this.multiprocessors = multiprocessors;
    }

    @Override
    public int multiprocessors() {
        return multiprocessors;
    }

    @Override
    public void launch(String source, String entry, LaunchShape shape, Object... arguments) {
        PtxModule module = modules.computeIfAbsent(source, name -> gpu.load(name + ".ptx", ShippedKernels.ptx(name)));
        LaunchReport report = gpu.launch(module, entry, shape.x(), shape.y(), shape.z(), shape.threads(), 1, 1,
                shape.dynamicSharedBytes(),
                arguments);
        if (!report.violations().isEmpty()) {
            throw new DeviceException("the simulator reports " + report.violations().getFirst()
                    + ": a bug of the kernel, please report it");
        }
        launches.add(new Launched(entry, report.counters()));
    }

    @Override
    public void clear(long address, long bytes) {
        gpu.fill(address, (byte) 0, bytes);
    }

    @Override
    public long allocate(long bytes) {
        return gpu.allocate(bytes);
    }

    @Override
    public void copyIn(long address, MemorySegment bytes) {
        gpu.copyIn(address, bytes);
    }

    List<Launched> launches() {
        return launches;
    }
}
