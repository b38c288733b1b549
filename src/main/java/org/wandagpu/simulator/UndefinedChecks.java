package org.wandagpu.simulator;

import java.util.BitSet;
import java.util.List;

/**
 * Watches registers that have no value, in kernels where one may be used. An undefined value may be moved and computed
 * with; it is reported where it decides a branch or an address, goes into an atomic, or is stored. What was loaded from
 * unwritten local memory is undefined too, but may be stored as it is: so structures are copied with their padding. What
 * goes into local memory by an address without a space is the stack of code that was not optimised, and may be anything.
 */
final class UndefinedChecks {

    private UndefinedChecks() {
    }

    /** Wraps the operations in place. @return whether warps must keep note of undefined registers */
    static boolean install(Program program) {
        List<Statement> statements = program.statements();
        Operation[] operations = program.operations();
        BitSet registers = program.rows().registers();
        RegisterUse[] uses = statements.stream().map(RegisterUse::of).toArray(RegisterUse[]::new);
        Undefined all = new Undefined(program, uses, registers, null);
        Undefined own = new Undefined(program, uses, registers, all);
        boolean needed = false;
        for (int i = 0; i < uses.length; i++) {
            needed |= own.any(i, uses[i].stored()) || all.any(i, uses[i].decisive())
                    || all.any(i, new int[] {statements.get(i).guard()});
        }
        for (int i = 0; needed && i < uses.length; i++) {
            int[] stored = own.any(i, uses[i].stored()) ? uses[i].stored() : new int[0];
            operations[i] = watched(operations[i], statements.get(i), uses[i], stored);
        }
        return needed;
    }

    private static Operation watched(Operation operation, Statement statement, RegisterUse use, int[] stored) {
        boolean local = Undefined.isLocalLoad(statement);
        return (warp, active) -> {
            check(warp, active, use.decisive());
            check(warp, stored.length == 0 ? 0 : active & ~onStack(warp, active, statement), stored);
            int undefined = local ? warp.local.unwritten(warp, active, statement) : undefined(warp, use.passed());
            operation.run(warp, active);
            for (int row : use.writes()) {
                if (row >= 0) {
                    warp.undefined[row] = warp.undefined[row] & ~active | undefined & active;
                }
            }
        };
    }

    /** Lanes for which a store's address without a space lies in local memory. */
    private static int onStack(Warp warp, int active, Statement statement) {
        if (!statement.root().equals("st") || Spaces.of(statement) != Spaces.Space.GENERIC) {
            return 0;
        }
        int lanes = 0;
        for (int rest = active; rest != 0; rest &= rest - 1) {
            int lane = Integer.numberOfTrailingZeros(rest);
            long address = warp.rows[statement.operands().getFirst().row()][lane];
            lanes |= (address & Moves.WINDOW_MASK) == Moves.LOCAL_WINDOW ? 1 << lane : 0;
        }
        return lanes;
    }

    private static void check(Warp warp, int active, int[] rows) {
        int undefined = undefined(warp, rows) & active;
        if (undefined != 0) {
            warp.report(Violation.Kind.UNINITIALISED, Integer.numberOfTrailingZeros(undefined), 0);
        }
    }

    private static int undefined(Warp warp, int[] rows) {
        int undefined = 0;
        for (int row : rows) {
            undefined |= row >= 0 ? warp.undefined[row] : 0;
        }
        return undefined;
    }
}
