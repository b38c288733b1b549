package org.wandagpu.simulator;

import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.Deque;
import java.util.List;

/**
 * Finds by the control flow which registers may have no value where an instruction reads them. Most kernels have none,
 * and then no lane needs to be watched while they run.
 */
final class Undefined {

    private final List<Statement> statements;
    private final Program program;
    private final RegisterUse[] uses;
    private final Undefined withLocal;
    /** Before each instruction, null until it is reached. */
    private final BitSet[] before;

    /**
     * @param withLocal null to count what is loaded from local memory as possibly undefined; otherwise the result of
     *     that, of which then only what is computed with such values counts, not what merely moves them
     */
    Undefined(Program program, RegisterUse[] uses, BitSet registers, Undefined withLocal) {
        this.program = program;
        this.statements = program.statements();
        this.uses = uses;
        this.withLocal = withLocal;
        this.before = new BitSet[uses.length];
        Deque<Integer> work = new ArrayDeque<>();
        for (int start : program.starts()) {
            flow(start, registers, work);
        }
        while (!work.isEmpty()) {
            int at = work.pop();
            BitSet after = after(at);
            for (int jump : program.jumps()[at]) {
                flow(jump, after, work);
            }
            if (program.goesOn(at)) {
                flow(at + 1, after, work);
            }
        }
    }

    private void flow(int to, BitSet undefined, Deque<Integer> work) {
        if (before[to] == null) {
            before[to] = (BitSet) undefined.clone();
            work.push(to);
            return;
        }
        int known = before[to].cardinality();
        before[to].or(undefined);
        if (before[to].cardinality() != known) {
            work.push(to);
        }
    }

    private BitSet after(int at) {
        Statement statement = statements.get(at);
        BitSet after = (BitSet) before[at].clone();
        boolean passesOn = any(at, uses[at].passed()) || (withLocal == null ? isLocalLoad(statement)
                : RegisterUse.computes(statement) && withLocal.any(at, uses[at].passed()));
        for (int row : uses[at].writes()) {
            if (row >= 0 && (passesOn || statement.guard() < 0)) {
                after.set(row, passesOn);
            }
        }
        return after;
    }

    static boolean isLocalLoad(Statement statement) {
        return statement.root().equals("ld") && statement.has("local");
    }

    /** Whether one of these rows may be undefined before the instruction. */
    boolean any(int at, int[] rows) {
        for (int row : rows) {
            if (row >= 0 && before[at] != null && before[at].get(row)) {
                return true;
            }
        }
        return false;
    }
}
