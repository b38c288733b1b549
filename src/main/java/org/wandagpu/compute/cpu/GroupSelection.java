package org.wandagpu.compute.cpu;

import org.wandagpu.tensor.NmPattern;

/** N:M selection: the fast way where the pattern has one; the general one for other patterns and the end of a row. */
final class GroupSelection {

    private final Workers workers;

    GroupSelection(Workers workers) {
        this.workers = workers;
    }

    void zeroSmallest(CpuTensor w, CpuTensor s, NmPattern pattern) {
        int columns = (int) w.columns();
        float[] norms = Scores.inputNorms(s, columns);
        HalfGroups halves = HalfGroups.of(pattern, w.dtype(), norms);
        ThreadLocal<GroupRanks> ranksOfThread = ThreadLocal.withInitial(() -> new GroupRanks(pattern));
        RowBlocks.run(workers, w, (first, end) -> {
            GroupRanks ranks = ranksOfThread.get();
            for (int row = first; row < end; row++) {
                long start = (long) row * columns;
                int done = halves == null ? 0 : halves.zero(w, start, ranks);
                ranks.zero(w, start + done, norms, done, columns - done);
            }
        });
    }
}
