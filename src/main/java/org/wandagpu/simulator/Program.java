package org.wandagpu.simulator;

import java.util.List;

/**
 * A kernel with the functions that it may call, instruction by instruction.
 *
 * @param targets where a branch goes, or a code of {@link Decoder}
 * @param jumps where an instruction may go, several places for brx.idx and none for most
 * @param starts first instructions of the kernel and of its functions
 */
record Program(List<Statement> statements, Operation[] operations, int[] targets, int[][] jumps, int[] starts,
        Rows rows) {

    /** Whether the instruction behind may be the next one. */
    boolean goesOn(int at) {
        int target = targets[at];
        return statements.get(at).guard() >= 0 || target < 0 && target != Decoder.EXIT && jumps[at].length == 0
                && !statements.get(at).root().equals("ret");
    }
}
