package org.wandagpu.simulator;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.wandagpu.failure.BadInputException;

/** One launch of a kernel in work. */
final class Launch {

    /** What a resident block needs: the limits of an A100, registers left aside. */
    private static final int MULTIPROCESSORS = 108;
    private static final int THREADS_OF_MULTIPROCESSOR = 2048;
    private static final int BLOCKS_OF_MULTIPROCESSOR = 32;
    private static final int SHARED_OF_MULTIPROCESSOR = 164 << 10;
    private static final int SHARED_OF_SYSTEM = 1 << 10;

    private static final int RESERVED_SHARED = 1 << 10;
    private static final int GRID_WORKSPACE = 1 << 10;

    final PtxKernel kernel;
    final int[] gridShape;
    final int[] blockShape;
    final int dynamicSharedBytes;
    final byte[] parameters;
    final Schedule schedule;
    final GlobalMemory global;
    final Counters counters;
    /** What strong accesses and wide fences tell between blocks. */
    final Messages messages = new Messages();
    /** Per instruction row + 1 of its predicate, negative where it runs without; 0 for none. */
    final int[] guards;
    /** Working memory of instructions, one at a time. */
    final HalfTile.Space tile = new HalfTile.Space();
    final Traffic.Banks banks = new Traffic.Banks();
    /** Rows of the special registers that tell the time. */
    final int[] clockRows;
    /** Per instruction that names lanes the row with their mask, -1 for all lanes. */
    private final int[] members;
    /** Registers of all warps of blocks that have ended, for those that begin. */
    private final Deque<long[][][]> freeRegisters = new ArrayDeque<>();
    private final List<Violation> violations = new ArrayList<>();
    private final Set<Long> seen = new HashSet<>();
    private final DeviceMemory memory;
    private final StringBuilder output = new StringBuilder();
    private long gridWorkspace;
    private long changes;
    private long clock;

    /** @param undo where pages that are written are kept; null if nothing need be put back */
    Launch(PtxKernel kernel, DeviceMemory memory, UndoLog undo, Schedule schedule, int[] gridShape, int[] blockShape,
            int dynamicSharedBytes, byte[] parameters) {
        this.kernel = kernel;
        this.memory = memory;
        this.schedule = schedule;
        this.gridShape = gridShape;
        this.blockShape = blockShape;
        this.dynamicSharedBytes = dynamicSharedBytes;
        this.parameters = parameters;
        this.counters = new Counters(kernel.statements());
        this.global = new GlobalMemory(memory, this, undo);
        this.guards = kernel.statements().stream()
                .mapToInt(s -> s.guardNegated() ? -s.guard() - 1 : s.guard() + 1).toArray();
        this.clockRows = kernel.rows().specials().entrySet().stream()
                .filter(special -> special.getKey().startsWith("%clock") || special.getKey().equals("%globaltimer"))
                .mapToInt(Map.Entry::getValue).toArray();
        this.members = kernel.statements().stream().mapToInt(Decoder::members).toArray();
    }

    /** Runs all blocks. */
    LaunchReport run() {
        runBlocks(blocks(), new Turns(schedule, blocks()));
        return report();
    }

    private int blocks() {
        return Math.multiplyExact(Math.multiplyExact(gridShape[0], gridShape[1]), gridShape[2]);
    }

    LaunchReport report() {
        counters.finish(blocks(), blockThreads(), kernel.sharedBytes() + dynamicSharedBytes, global.buffers());
        return new LaunchReport(counters, List.copyOf(violations), output.toString());
    }

    /** Runs one block to its end. Returns whether it got there by itself and gave nothing to report. */
    boolean runAlone(int index) {
        Turns turns = new Turns(Schedule.NATURAL, 1);
        Block block = new Block(this, index);
        while (!block.ended()) {
            block.turn(turns);
            if (block.isStalled()) {
                return false;
            }
        }
        freeRegisters.push(block.registers());
        return violations.isEmpty();
    }

    /** Adds what another part of the same launch did. Returns whether neither part wrote what the other touched. */
    boolean join(Launch other) {
        counters.add(other.counters);
        return global.join(other.global);
    }

    /**
     * Blocks start in order and run to their end, unless they wait for others: then more and more of them run side by
     * side, up to what is resident at once. When all of these only go round in circles the launch hangs.
     */
    private void runBlocks(int blocks, Turns turns) {
        List<Block> resident = new ArrayList<>();
        int started = 0;
        int wanted = turns.blocksAtOnce();
        int stalledRounds = 0;
        while (started < blocks || !resident.isEmpty()) {
            while (started < blocks && resident.size() < Math.min(wanted, mostResident())) {
                resident.add(new Block(this, turns.block(started++)));
            }
            long before = changes;
            resident.forEach(block -> block.turn(turns));
            boolean anyEnded = resident.removeIf(this::hasEnded);
            boolean stalled = !anyEnded && before == changes && resident.stream().allMatch(Block::isStalled);
            boolean full = started == blocks || resident.size() >= mostResident();
            stalledRounds = stalled && full ? stalledRounds + 1 : 0;
            if (stalledRounds > 1) {
                resident.forEach(Block::reportHanging);
                return;
            }
            wanted = stalled ? 2 * resident.size() : resident.isEmpty() ? turns.blocksAtOnce() : resident.size() + 1;
        }
    }

    private boolean hasEnded(Block block) {
        if (block.ended()) {
            freeRegisters.push(block.registers());
            return true;
        }
        return false;
    }

    /** Registers of all warps of an ended block as it left them, or null. */
    long[][][] usedRegisters() {
        return freeRegisters.poll();
    }

    private int mostResident() {
        int threads = Math.ceilDiv(blockThreads(), Warp.LANES) * Warp.LANES;
        int shared = kernel.sharedBytes() + dynamicSharedBytes + SHARED_OF_SYSTEM;
        return MULTIPROCESSORS * Math.max(1, Math.min(BLOCKS_OF_MULTIPROCESSOR,
                Math.min(THREADS_OF_MULTIPROCESSOR / threads, SHARED_OF_MULTIPROCESSOR / shared)));
    }

    void print(String text) {
        output.append(text);
    }

    /** The heap of kernels. */
    long allocate(long bytes) {
        return memory.allocate(bytes);
    }

    void free(long address) {
        if (address != 0) {
            memory.free(address);
        }
    }

    /** Zeroed memory through which a cooperative launch's blocks wait for each other. */
    long gridWorkspace() {
        if (gridWorkspace == 0) {
            gridWorkspace = memory.allocate(GRID_WORKSPACE);
            memory.fill(gridWorkspace, (byte) 0, GRID_WORKSPACE);
        }
        return gridWorkspace;
    }

    /** Bytes of shared memory of a block. */
    int sharedBytes() {
        return kernel.sharedBytes() + dynamicSharedBytes + (reservesShared() ? RESERVED_SHARED : 0);
    }

    /** What CUDA's own headers keep in shared memory lies behind all other, where a kernel asks for it. */
    private boolean reservesShared() {
        return kernel.rows().specials().keySet().stream().anyMatch(name -> name.startsWith("%reserved_smem"));
    }

    /** Start of the shared memory that CUDA's own headers use. */
    int reservedShared() {
        return Math.ceilDiv(kernel.sharedBytes() + dynamicSharedBytes, 16) * 16;
    }

    int blockThreads() {
        return blockShape[0] * blockShape[1] * blockShape[2];
    }

    /** An instruction met operands that it does not take: another kind, or too few. */
    BadInputException refused(int pc, RuntimeException cause) {
        Statement at = kernel.statements().get(pc);
        return new BadInputException("%s, PTX line %d: %s does not take these operands".formatted(kernel.name(),
                at.line(), at.opcode()), cause);
    }

    /** The lanes that an instruction names in any of the active ones. */
    int members(Warp warp, int pc, int active) {
        int named = members[pc] < 0 ? -1 : 0;
        for (int rest = active; named != -1 && rest != 0; rest &= rest - 1) {
            named |= (int) warp.rows[members[pc]][Integer.numberOfTrailingZeros(rest)];
        }
        return named;
    }

    /** Memory has another content, or lanes have ended: who waits may go on. */
    void changed() {
        changes++;
    }

    long changes() {
        return changes;
    }

    /** Cycles of the clock that kernels can read: one for each instruction that has run. */
    long clock() {
        return clock;
    }

    void advanceClock(int instructions) {
        clock += instructions;
    }

    /** Keeps the first report of a kind for an instruction: the others say the same. */
    void report(Violation.Kind kind, int pc, long block, int thread, long address) {
        if (seen.add((long) pc << 8 | kind.ordinal())) {
            Statement at = kernel.statements().get(pc);
            violations.add(new Violation(kind, kernel.name(), at.line(), at.source(), block, thread, address));
        }
    }
}
