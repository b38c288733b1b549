package org.wandagpu.device;

import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Map;
import org.wandagpu.compute.cuda.KernelRuntime;
import org.wandagpu.compute.cuda.LaunchShape;
import org.wandagpu.compute.cuda.ShippedKernels;
import org.wandagpu.failure.DeviceException;
import org.wandagpu.simulator.LaunchReport;
import org.wandagpu.simulator.PtxModule;
import org.wandagpu.simulator.SimulatedGpu;

/** The simulator as a device: the shipped PTX runs on the CPU, and whatever it reports ends the work. */
final class SimulatorRuntime implements KernelRuntime {

    /** Few, so that small matrices too have blocks that walk over several rows. */
    private static final int MULTIPROCESSORS = 2;

    private final SimulatedGpu gpu = new SimulatedGpu();
    private final Map<String, PtxModule> modules = new HashMap<>();

    @Override
    public String kind() {
        return "sim";
    }

    @Override
    public String name() {
        return "simulated GPU, pruning kernels as they ship";
    }

    @Override
    public int multiprocessors() {
        return MULTIPROCESSORS;
    }

    @Override
    public long allocate(long bytes) {
        return gpu.allocate(bytes);
    }

    @Override
    public void free(long address) {
        gpu.free(address);
    }

    @Override
    public void copyIn(long address, MemorySegment source) {
        gpu.copyIn(address, source);
    }

    @Override
    public void copyOut(long address, MemorySegment target) {
        gpu.copyOut(address, target);
    }

    @Override
    public void clear(long address, long bytes) {
        gpu.fill(address, (byte) 0, bytes);
    }

    @Override
    public void launch(String source, String entry, LaunchShape shape, Object... arguments) {
        PtxModule module = modules.computeIfAbsent(source, name -> gpu.load(name + ".ptx", ShippedKernels.ptx(name)));
        LaunchReport report = gpu.launch(module, entry, shape.x(), shape.y(), shape.z(), shape.threads(), 1, 1, 0,
                arguments);
        if (!report.violations().isEmpty()) {
            throw new DeviceException("the simulator reports " + report.violations().getFirst()
                    + ": a bug of the kernel, please report it");
        }
    }

    @Override
    public void close() {
        // its memory is the heap's
    }
}
