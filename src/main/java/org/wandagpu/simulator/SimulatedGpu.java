package org.wandagpu.simulator;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.function.Function;
import org.wandagpu.failure.DeviceException;

/**
 * A GPU of compute capability 8.0 that runs PTX on the CPU and reports what a kernel does wrong. It may be used by one
 * thread at a time, and runs blocks on several where it can.
 */
public final class SimulatedGpu {

    private static final int MOST_THREADS = 1024;

    private final DeviceMemory memory = new DeviceMemory();
    private final Schedule schedule;
    private final int mostThreads;

    public SimulatedGpu() {
        this(Schedule.NATURAL, Runtime.getRuntime().availableProcessors());
    }

    /** @param schedule the order of blocks and warps in all launches */
    public SimulatedGpu(Schedule schedule) {
        this(schedule, 1);
    }

    /** @param threads that blocks run on where they have nothing to do with each other; results do not depend on it */
    public SimulatedGpu(Schedule schedule, int threads) {
        this.schedule = schedule;
        this.mostThreads = threads;
    }

    /** Device address of fresh memory, whose bytes count as never written. */
    public long allocate(long bytes) {
        return memory.allocate(bytes);
    }

    /** @throws IllegalStateException if there is no such allocation, or it was freed before */
    public void free(long address) {
        memory.free(address);
    }

    public void copyIn(long address, MemorySegment source) {
        memory.copyIn(address, source);
    }

    public void copyOut(long address, MemorySegment target) {
        memory.copyOut(address, target);
    }

    /** Copies inside the memory, with the marks of what was never written. */
    public void copy(long source, long target, long bytes) {
        memory.copy(source, target, bytes);
    }

    public void fill(long address, byte value, long bytes) {
        memory.fill(address, value, bytes);
    }

    /**
     * Reads the declarations of a module and places its variables. A kernel is parsed when it is first asked for, and
     * an instruction that is not known is refused when it is to be executed, with file and line.
     *
     * @param name of the file, for messages
     * @throws org.wandagpu.failure.BadInputException with name and line of a declaration that is not known
     */
    public PtxModule load(String name, String ptx) {
        return new PtxModule(PtxParser.parse(name, ptx, memory));
    }

    /** Launches with boxed numbers of the widths that the kernel declares, and byte[] for a struct. */
    public LaunchReport launch(PtxModule module, String kernel, int gridX, int gridY, int gridZ, int blockX, int blockY,
            int blockZ, int dynamicSharedBytes, Object... parameters) {
        PtxKernel entry = module.kernel(kernel);
        return launch(module, kernel, gridX, gridY, gridZ, blockX, blockY, blockZ, dynamicSharedBytes,
                Parameters.pack(entry, parameters));
    }

    /** @param parameters the bytes of all parameters, laid out by their alignments */
    public LaunchReport launch(PtxModule module, String kernel, int gridX, int gridY, int gridZ, int blockX, int blockY,
            int blockZ, int dynamicSharedBytes, byte[] parameters) {
        PtxKernel entry = module.kernel(kernel);
        int threads = blockX * blockY * blockZ;
        if (threads < 1 || threads > MOST_THREADS || gridX < 1 || gridY < 1 || gridZ < 1) {
            throw new DeviceException("%s: a grid of %d x %d x %d blocks of %d threads cannot be launched".formatted(
                    kernel, gridX, gridY, gridZ, threads));
        }
        byte[] padded = Arrays.copyOf(parameters, Math.max(parameters.length, entry.parameterBytes()));
        Function<UndoLog, Launch> launch = log -> new Launch(entry, memory, log, schedule,
                new int[] {gridX, gridY, gridZ}, new int[] {blockX, blockY, blockZ}, dynamicSharedBytes, padded);
        int blocks = Math.multiplyExact(Math.multiplyExact(gridX, gridY), gridZ);
        if (mostThreads == 1 || blocks == 1 || schedule.shuffled() || !entry.blocksKeepToThemselves()) {
            return launch.apply(null).run();
        }
        UndoLog undo = new UndoLog();
        return SideBySide.run(() -> launch.apply(undo), undo, blocks, mostThreads)
                .orElseGet(() -> launch.apply(null).run());
    }
}
