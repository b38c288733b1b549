package org.wandagpu.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.wandagpu.compute.Device;
import org.wandagpu.device.Devices;
import org.wandagpu.failure.UsageException;
import org.wandagpu.schedule.Progress;
import picocli.CommandLine.Option;

/** The options that every command has. */
final class CommonOptions {

    private final Console console;

    @Option(names = "--device", paramLabel = "NAME", defaultValue = "auto",
            description = "auto, cpu, cuda, cuda:N, sim, sim:a100, sim:h100. Default: ${DEFAULT-VALUE}; the command devices"
                    + " says what works.")
    private String device;

    @Option(names = "--threads", paramLabel = "N", defaultValue = "0",
            description = "Threads of the CPU backend. Default: one a processor. The result does not depend on it.")
    private int threads;

    @Option(names = "--json", paramLabel = "FILE", description = "Write the result to FILE as JSON.")
    private Path json;

    private boolean quiet;
    private boolean verbose;

    CommonOptions(Console console) {
        this.console = console;
    }

    @Option(names = {"-q", "--quiet"}, description = "Print results and errors only.")
    void setQuiet(boolean value) {
        quiet = value;
        console.setLoudness(quiet, verbose);
    }

    @Option(names = {"-v", "--verbose"}, description = "Show where an error came from.")
    void setVerbose(boolean value) {
        verbose = value;
        console.setLoudness(quiet, verbose);
    }

    /** The device's name as it was given. */
    String device() {
        return device;
    }

    Console console() {
        return console;
    }

    Path json() {
        return json;
    }

    /** Opens the device that was asked for, and says why {@code auto} takes no GPU. */
    Device openDevice() {
        return Devices.open(device, threads, console::preface);
    }

    /**
     * Opens a device that runs the CUDA kernels: the one that was asked for, or the simulator where {@code auto} finds no
     * GPU.
     */
    Device openKernelDevice() {
        if (device.equals("cpu")) {
            throw new UsageException("--device cpu is what the kernels are compared with: give cuda, cuda:N or sim");
        }
        List<String> whyNoGpu = new ArrayList<>();
        Device found = Devices.open(device, threads, whyNoGpu::add);
        if (whyNoGpu.isEmpty()) {
            return found;
        }
        found.close();
        console.note(whyNoGpu.getFirst().replace("computing on the CPU", "taking the simulator"));
        return Devices.open("sim", threads, console::note);
    }

    /** Opens the CPU, whatever was asked for. */
    Device openCpu() {
        return Devices.open("cpu", threads, console::note);
    }

    /** What tells the user how far the work is. */
    Progress progress() {
        return console.isQuiet() ? Progress.NONE : TerminalProgress.of(console);
    }
}
