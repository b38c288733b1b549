package org.wandagpu.compute.cpu;

import org.wandagpu.tensor.DType;
import org.wandagpu.tensor.NmPattern;

/** N:M selection: the fast way where the pattern has one; the general one for other patterns and the end of a row. */
final class GroupSelection {

    private final HalfGroups halves;
    private final ThreadLocal<GroupRanks> ranks;
    private final float[] norms;

    /** @param s statistic of the columns, or null */
    GroupSelection(DType dtype, int columns, CpuTensor s, NmPattern pattern) {
        this.norms = Scores.inputNorms(s, columns);
        this.halves = HalfGroups.of(pattern, dtype, norms);
        this.ranks = ThreadLocal.withInitial(() -> new GroupRanks(pattern));
    }

    static void zeroSmallest(Workers workers, CpuTensor w, CpuTensor s, NmPattern pattern) {
        GroupSelection selection = new GroupSelection(w.dtype(), (int) w.columns(), s, pattern);
        RowBlocks.run(workers, w, (first, end) -> selection.zeroInRows(w, first, end));
    }

    /** Zeroes in rows {@code first} … {@code end} − 1 of a matrix of these columns; any thread may. */
    void zeroInRows(CpuTensor w, int first, int end) {
        GroupRanks own = ranks.get();
        int columns = norms.length;
        for (int row = first; row < end; row++) {
            long start = (long) row * columns;
            int done = halves == null ? 0 : halves.zero(w, start, own);
            own.zero(w, start + done, norms, done, columns - done);
        }
    }
}
