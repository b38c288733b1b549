package org.wandagpu.device;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.wandagpu.compute.Device;
import org.wandagpu.compute.cpu.CpuDevice;
import org.wandagpu.compute.cuda.CudaDevice;
import org.wandagpu.compute.cuda.KernelRuntime;
import org.wandagpu.cuda.CudaProbe;
import org.wandagpu.cuda.jcuda.JCudaCalls;
import org.wandagpu.failure.DeviceException;
import org.wandagpu.failure.UsageException;
import org.wandagpu.simulator.GpuModel;
import org.wandagpu.simulator.SimulatorDriver;

/**
 * Finds and opens devices by the names of the command line: {@code auto}, {@code cpu}, {@code cuda}, {@code cuda:N},
 * {@code sim}, {@code sim:a100}, {@code sim:h100}.
 */
public final class Devices {

    private static final int MOST_THREADS = 1024;
    private static final String CPU = "cpu";
    private static final String CUDA = "cuda";
    private static final String SIMULATOR = "sim";
    private static final String AUTO = "auto";
    private static final String NUMBERED = "cuda:\\d{1,3}";
    /** Few, so that small matrices too have blocks that walk over several rows. */
    private static final int SIMULATED_MULTIPROCESSORS = 2;

    private Devices() {
    }

    /**
     * What was found of one device, or of what it needs.
     *
     * @param what name on the command line, or what is needed
     * @param usable whether it works
     * @param detail what was found, or why it cannot be used
     */
    public record Finding(String what, boolean usable, String detail) {
    }

    /** Looks for every kind of device. */
    public static List<Finding> find() {
        List<Finding> found = new ArrayList<>();
        try (Device cpu = new CpuDevice(defaultThreads())) {
            found.add(new Finding(CPU, true, "%s, %d-bit vectors, %d MiB of memory".formatted(cpu.name(),
                    CpuDevice.vectorBits(), cpu.memoryBytes() >> 20)));
        }
        CudaProbe.findings().forEach(one -> found.add(new Finding(one.what(), one.usable(), one.detail())));
        found.add(new Finding(SIMULATOR, true, "the CUDA kernels, run on the CPU"));
        return found;
    }

    /** As many threads as the process may use processors. */
    public static int defaultThreads() {
        return Runtime.getRuntime().availableProcessors();
    }

    /**
     * Opens a device.
     *
     * @param name {@code auto} takes the first GPU that can be used, else the CPU; every other name means that device and
     *     no other
     * @param threads of the CPU backend, 0 = {@link #defaultThreads()}
     * @param notes told why {@code auto} takes no GPU, in one line
     * @throws UsageException if there is no such name or number of threads
     * @throws DeviceException if the device cannot be used
     */
    public static Device open(String name, int threads, Consumer<String> notes) {
        if (threads < 0 || threads > MOST_THREADS) {
            throw new UsageException("--threads " + threads + ": give 1 to " + MOST_THREADS);
        }
        checkName(name);
        int computing = threads == 0 ? defaultThreads() : threads;
        return switch (name) {
            case CPU -> new CpuDevice(computing);
            case AUTO -> firstUsable(computing, notes);
            default -> CudaDevice.over(openKernels(name));
        };
    }

    private static void checkName(String name) {
        if (!List.of(AUTO, CPU, CUDA, SIMULATOR).contains(name) && !name.matches(NUMBERED) && model(name).isEmpty()) {
            throw new UsageException("--device " + name
                    + " is not known: give auto, cpu, cuda, cuda:N, sim, sim:a100 or sim:h100");
        }
    }

    private static Optional<GpuModel> model(String name) {
        return name.startsWith(SIMULATOR + ":") ? GpuModel.named(name.substring(SIMULATOR.length() + 1)) : Optional.empty();
    }

    private static Device firstUsable(int threads, Consumer<String> notes) {
        List<CudaProbe.Finding> found = CudaProbe.findings();
        for (int i = 1; i < found.size(); i++) {
            if (found.get(i).usable()) {
                try {
                    return CudaDevice.over(KernelRuntime.open(CUDA, new JCudaCalls(), i - 1));
                } catch (DeviceException e) {
                    notes.accept("computing on the CPU: " + e.getMessage());
                    return new CpuDevice(threads);
                }
            }
        }
        notes.accept("computing on the CPU: " + found.getLast().detail());
        return new CpuDevice(threads);
    }

    /**
     * Opens what runs the CUDA kernels alone.
     *
     * @param name a GPU's or a simulator's
     * @throws DeviceException if it cannot be used
     */
    public static KernelRuntime openKernels(String name) {
        checkName(name);
        if (name.startsWith(SIMULATOR)) {
            Optional<GpuModel> model = model(name);
            return KernelRuntime.open(SIMULATOR, new SimulatorDriver(
                    model.map(gpu -> "simulated " + gpu.name()).orElse("simulated GPU"),
                    model.map(GpuModel::multiprocessors).orElse(SIMULATED_MULTIPROCESSORS),
                    Runtime.getRuntime().maxMemory()), 0);
        }
        int ordinal = name.matches(NUMBERED) ? Integer.parseInt(name.substring(CUDA.length() + 1)) : 0;
        List<CudaProbe.Finding> found = CudaProbe.findings();
        CudaProbe.Finding driver = found.getFirst();
        if (!driver.usable()) {
            throw refused(name, driver.detail());
        }
        if (ordinal + 1 >= found.size()) {
            throw refused(name, "there are " + (found.size() - 1) + " GPUs, counted from 0");
        }
        CudaProbe.Finding device = found.get(ordinal + 1);
        if (!device.usable()) {
            throw refused(name, device.detail());
        }
        return KernelRuntime.open(CUDA, new JCudaCalls(), ordinal);
    }

    private static DeviceException refused(String name, String why) {
        return new DeviceException("--device " + name + " cannot be used: " + why + "; use --device cpu");
    }
}
