package org.wandagpu.simulator;

/** Turns statements into operations, once, by the family of their first word. */
final class Decoder {

    /** Codes of {@link PtxKernel#targets} other than the target of a branch. */
    static final int PLAIN = -1;
    static final int EXIT = -2;
    static final int BARRIER = -3;
    /** An instruction that lanes must run together. */
    static final int COLLECTIVE = -4;
    /** An instruction that moves the counters of its lanes itself, or ends them. */
    static final int JUMP = -5;

    /** Name of the carry flag's row. */
    private static final String CARRY = "%carry";
    private static final Operation NOTHING = (warp, active) -> { };

    private Decoder() {
    }

    /** @throws UnsupportedOperationException if the instruction is not known */
    static Operation decode(Statement statement, Rows rows) {
        return switch (statement.root()) {
            case "exit", "nanosleep", "pmevent" -> NOTHING;
            case "trap", "brkpt" -> Decoder::trap;
            case "bar", "barrier" -> WarpInstructions.barrier(statement);
            case "membar", "fence" -> Fences.fence(statement);
            case "mov" -> Moves.move(statement);
            case "cvta" -> Moves.cvta(statement);
            case "selp" -> Moves.select(statement);
            case "slct" -> Moves.selectBySign(statement);
            case "isspacep" -> Moves.isInSpace(statement);
            case "createpolicy" -> Moves.createPolicy(statement);
            case "alloca", "stacksave", "stackrestore" -> Calls.stack(statement);
            case "setp" -> Comparisons.setp(statement);
            case "set" -> Comparisons.set(statement);
            case "cvt" -> Conversions.convert(statement);
            case "ld", "ldu" -> MemoryInstructions.load(statement);
            case "st" -> Fences.releasing(statement, MemoryInstructions.store(statement));
            case "atom", "red" -> Fences.releasing(statement, Atomics.atomic(statement));
            case "cp" -> AsyncCopies.copy(statement);
            case "prefetch", "prefetchu", "discard", "applypriority" -> NOTHING;
            case "shfl", "vote", "match", "redux", "activemask", "elect" -> WarpInstructions.decode(statement);
            case "ldmatrix" -> MatrixMoves.load(statement);
            case "movmatrix" -> MatrixMoves.transpose(statement);
            case "mma" -> Mma.multiply(statement);
            case "wmma" -> Wmma.decode(statement);
            case "mbarrier" -> MemoryBarriers.decode(statement);
            case "vabsdiff2", "vabsdiff4", "vadd2", "vadd4", "vsub2", "vsub4", "vavrg2", "vavrg4", "vmin2", "vmin4",
                    "vmax2", "vmax4" -> VideoInstructions.decode(statement);
            default -> Carries.uses(statement) ? Carries.decode(statement, rows.special(CARRY))
                    : Arithmetic.decode(statement);
        };
    }

    private static void trap(Warp warp, int active) {
        warp.report(Violation.Kind.TRAPPED, Integer.numberOfTrailingZeros(active), 0);
        warp.stop();
    }

    /** @param entry whether the instruction stands in a kernel rather than in a function */
    static int code(Statement statement, boolean entry) {
        return switch (statement.root()) {
            case "exit" -> EXIT;
            case "ret" -> entry ? EXIT : JUMP;
            case "call", "brx", "trap", "brkpt" -> JUMP;
            case "bar", "barrier" -> statement.has("warp") ? COLLECTIVE : BARRIER;
            default -> statement.has("sync") ? COLLECTIVE : PLAIN;
        };
    }

    /** The row with the mask of the lanes that must run an instruction together, -1 for all. */
    static int members(Statement statement) {
        return switch (statement.root()) {
            case "shfl", "vote", "match", "redux" -> statement.operands().getLast().row();
            case "bar", "barrier" -> statement.has("warp") ? statement.row(0) : -1;
            default -> -1;
        };
    }

    /** Whether a barrier wants all threads of a warp at once. */
    static boolean aligned(Statement barrier) {
        return barrier.root().equals("bar") || barrier.has("aligned");
    }
}
