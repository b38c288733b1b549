package org.wandagpu.compute.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.wandagpu.cuda.LaunchShape;
import org.wandagpu.simulator.Counters;
import org.wandagpu.simulator.LaunchReport;
import org.wandagpu.simulator.PtxModule;
import org.wandagpu.simulator.Schedule;
import org.wandagpu.simulator.SimulatedGpu;

/** Launches the shipped PTX in the simulator, and fails where a kernel does anything that is reported. */
final class Simulation implements KernelLauncher {

    final SimulatedGpu gpu;
    final List<String> launched = new ArrayList<>();
    /** Of each launch. */
    final List<Counters> counters = new ArrayList<>();
    private final Map<String, String> sources = new HashMap<>();
    private final UnaryOperator<String> ptx;
    private final Map<String, PtxModule> modules = new HashMap<>();

    Simulation() {
        this(Schedule.NATURAL);
    }

    Simulation(Schedule schedule) {
        this(schedule, ShippedKernels::ptx);
    }

    /** @param ptx the text of a source file by its name */
    Simulation(Schedule schedule, UnaryOperator<String> ptx) {
        gpu = new SimulatedGpu(schedule);
        this.ptx = ptx;
    }

    @Override
    public void launch(String source, String entry, LaunchShape shape, Object... arguments) {
        PtxModule module = modules.computeIfAbsent(source, name -> gpu.load(name + ".ptx", ptx.apply(name)));
        LaunchReport report = gpu.launch(module, entry, shape.x(), shape.y(), shape.z(), shape.threads(), 1, 1,
                shape.dynamicSharedBytes(), arguments);
        assertThat(report.violations()).as(entry).isEmpty();
        launched.add(entry);
        counters.add(report.counters());
        sources.put(entry, source);
    }

    /** One, so that blocks walk over rows. */
    @Override
    public int multiprocessors() {
        return 1;
    }

    @Override
    public void clear(long address, long bytes) {
        gpu.fill(address, (byte) 0, bytes);
    }

    /** The file of an entry that was launched. */
    String sourceOf(String entry) {
        return sources.get(entry);
    }

    long upload(byte[] bytes) {
        long address = gpu.allocate(bytes.length);
        gpu.copyIn(address, MemorySegment.ofArray(bytes));
        return address;
    }

    byte[] download(long address, int length) {
        byte[] bytes = new byte[length];
        gpu.copyOut(address, MemorySegment.ofArray(bytes));
        return bytes;
    }
}
