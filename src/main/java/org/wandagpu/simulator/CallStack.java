package org.wandagpu.simulator;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;

/** Where the lanes of a warp return to, and where the local variables of the functions that they are in lie. */
final class CallStack {

    /** Local memory of a thread: what compute capability 8.0 has. */
    private static final int MOST_BYTES = 512 << 10;
    private static final int ALIGNMENT = 16;
    /** What hardware keeps of a call at least, so that endless recursion ends. */
    private static final int LEAST_BYTES = 16;

    /** @param values of the rows that the call takes for itself */
    private record Return(int pc, int top, Frame frame, long[] values) {
    }

    private final Warp warp;
    private final Deque<Return>[] returns;
    private final int[] tops = new int[Warp.LANES];

    /** @param bytes of the kernel's own local variables, above which those of functions lie */
    @SuppressWarnings({"unchecked", "rawtypes"})
    CallStack(Warp warp, int bytes) {
        this.warp = warp;
        this.returns = new Deque[Warp.LANES];
        Arrays.fill(tops, bytes);
    }

    /** @param passed rows with the addresses of what is passed */
    void enter(int lane, Frame frame, int[] passed) {
        int base = Math.ceilDiv(tops[lane], ALIGNMENT) * ALIGNMENT;
        int top = base + Math.max(frame.bytes(), LEAST_BYTES);
        if (top > MOST_BYTES) {
            warp.report(Violation.Kind.STACK_OVERFLOW, lane, base);
            warp.block.abandon();
            return;
        }
        long[] addresses = new long[passed.length];
        for (int i = 0; i < passed.length; i++) {
            addresses[i] = warp.rows[passed[i]][lane];
        }
        long[] values = new long[frame.saved().length];
        for (int i = 0; i < values.length; i++) {
            values[i] = warp.rows[frame.saved()[i]][lane];
        }
        if (returns[lane] == null) {
            returns[lane] = new ArrayDeque<>();
        }
        returns[lane].push(new Return(warp.pc() + 1, tops[lane], frame, values));
        tops[lane] = top;
        warp.local.reserve(lane, top);
        for (int i = 0; i < Math.min(passed.length, frame.parameterRows().length); i++) {
            warp.rows[frame.parameterRows()[i]][lane] = addresses[i];
        }
        for (Frame.Slot slot : frame.slots()) {
            warp.rows[slot.row()][lane] = base + slot.offset();
        }
        warp.jump(lane, frame.entry());
    }

    void leave(int lane) {
        Return to = returns[lane].pop();
        for (int i = 0; i < to.values.length; i++) {
            warp.rows[to.frame.saved()[i]][lane] = to.values[i];
        }
        tops[lane] = to.top;
        warp.jump(lane, to.pc);
    }

    /** alloca: bytes on the stack until the function returns. */
    long allocate(int lane, long bytes, int alignment) {
        int base = Math.ceilDiv(tops[lane], alignment) * alignment;
        if (bytes < 0 || base + bytes > MOST_BYTES) {
            warp.report(Violation.Kind.STACK_OVERFLOW, lane, base);
            return 0;
        }
        tops[lane] = (int) (base + bytes);
        warp.local.reserve(lane, tops[lane]);
        return base;
    }
}
