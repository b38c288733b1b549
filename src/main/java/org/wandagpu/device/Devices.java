package org.wandagpu.device;

import java.util.List;
import org.wandagpu.compute.Device;
import org.wandagpu.compute.cpu.CpuDevice;
import org.wandagpu.compute.cuda.PruningDevice;
import org.wandagpu.failure.DeviceException;
import org.wandagpu.failure.UsageException;

/** Finds and opens devices by the names of the command line: {@code auto}, {@code cpu}, {@code cuda}, {@code cuda:N}, {@code sim}. */
public final class Devices {

    private static final int MOST_THREADS = 1024;

    private Devices() {
    }

    /**
     * What was found of one kind of device.
     *
     * @param kind name on the command line
     * @param usable whether {@code --device kind} works
     * @param detail what was found, or why it cannot be used
     */
    public record Finding(String kind, boolean usable, String detail) {
    }

    /** Looks for every kind of device. */
    public static List<Finding> find() {
        try (Device cpu = new CpuDevice(defaultThreads())) {
            return List.of(
                    new Finding("cpu", true, cpu.name() + ", " + CpuDevice.vectorBits() + "-bit vectors, "
                            + (cpu.memoryBytes() >> 20) + " MiB of memory"),
                    new Finding("cuda", false, CudaDriver.describe() + "; this version has no CUDA backend"),
                    new Finding("sim", true, "the CUDA kernels for pruning, run on the CPU; decoder blocks are the CPU's"));
        }
    }

    /** As many threads as the process may use processors. */
    public static int defaultThreads() {
        return Runtime.getRuntime().availableProcessors();
    }

    /**
     * Opens a device.
     *
     * @param name {@code auto} takes the CPU where no GPU can be used; every other name means that device and no other
     * @param threads of the CPU backend, 0 = {@link #defaultThreads()}
     * @throws UsageException if there is no such name or number of threads
     * @throws DeviceException if the device cannot be used
     */
    public static Device open(String name, int threads) {
        if (threads < 0 || threads > MOST_THREADS) {
            throw new UsageException("--threads " + threads + ": give 1 to " + MOST_THREADS);
        }
        if (name.equals("auto") || name.equals("cpu") || name.equals("sim")) {
            Device cpu = new CpuDevice(threads == 0 ? defaultThreads() : threads);
            return name.equals("sim") ? new PruningDevice(cpu, new SimulatorRuntime()) : cpu;
        }
        String kind = name.matches("cuda:\\d{1,3}") ? "cuda" : name;
        throw find().stream()
                .filter(finding -> finding.kind().equals(kind))
                .<RuntimeException>map(finding -> new DeviceException(
                        "--device " + name + " cannot be used: " + finding.detail() + "; use --device cpu"))
                .findFirst()
                .orElseGet(() -> new UsageException(
                        "--device " + name + " is not known: give auto, cpu, cuda, cuda:N or sim"));
    }
}
