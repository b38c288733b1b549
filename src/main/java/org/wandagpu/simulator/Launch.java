package org.wandagpu.simulator;

import java.util.BitSet;
import java.util.HashSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** One launch of a kernel in work. */
final class Launch {

    final PtxKernel kernel;
    final int[] gridShape;
    final int[] blockShape;
    final int dynamicSharedBytes;
    final byte[] parameters;
    final GlobalMemory global;
    final Counters counters;
    private final List<Violation> violations = new ArrayList<>();
    private final Set<Long> seen = new HashSet<>();
    private final BitSet released = new BitSet();

    Launch(PtxKernel kernel, DeviceMemory memory, int[] gridShape, int[] blockShape, int dynamicSharedBytes,
            byte[] parameters) {
        this.kernel = kernel;
        this.gridShape = gridShape;
        this.blockShape = blockShape;
        this.dynamicSharedBytes = dynamicSharedBytes;
        this.parameters = parameters;
        this.counters = new Counters(kernel.statements());
        this.global = new GlobalMemory(memory);
    }

    LaunchReport run() {
        long blocks = (long) gridShape[0] * gridShape[1] * gridShape[2];
        for (long index = 0; index < blocks; index++) {
            new Block(this, index).run();
        }
        counters.finish(blocks, blockThreads(), kernel.sharedBytes() + dynamicSharedBytes, global.touchedSectors());
        return new LaunchReport(counters, List.copyOf(violations));
    }

    int blockThreads() {
        return blockShape[0] * blockShape[1] * blockShape[2];
    }

    /** Keeps the first report of a kind for an instruction: the others say the same. */
    void report(Violation.Kind kind, int pc, long block, int thread, long address) {
        if (seen.add((long) pc << 8 | kind.ordinal())) {
            Statement at = kernel.statements().get(pc);
            violations.add(new Violation(kind, kernel.name(), at.line(), at.source(), block, thread, address));
        }
    }

    void release(long block) {
        released.set((int) block);
    }

    boolean hasReleased(long block) {
        return released.get((int) block);
    }
}
