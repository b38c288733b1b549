package org.wandagpu.simulator;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The rows that an instruction reads and writes.
 *
 * @param writes rows that it gives a value
 * @param passed rows whose value goes into what is written, and nowhere else: compilers move and compute what they
 *     never look at
 * @param decisive rows that say where memory is accessed, or what atomics do to it
 * @param stored rows whose value goes to global or shared memory
 */
record RegisterUse(int[] writes, int[] passed, int[] decisive, int[] stored) {

    private static final Set<String> PASSING = Set.of("mov", "cvta", "selp", "slct", "add", "sub", "mul", "mul24",
            "mad", "fma", "div", "rem", "min", "max", "neg", "abs", "sad", "and", "or", "xor", "not", "cnot", "shl",
            "shr", "shf", "lop3", "bfe", "bfi", "bfind", "brev", "clz", "popc", "prmt", "cvt", "setp", "set", "sqrt",
            "rsqrt", "rcp", "ex2", "lg2", "sin", "cos", "tanh", "copysign", "testp", "dp4a", "dp2a", "addc", "subc", "madc",
            "mad24", "isspacep", "fns", "bmsk", "szext");
    private static final Set<String> MOVING = Set.of("mov", "cvta", "selp", "slct", "cvt", "prmt", "bfe", "bfi");
    private static final int[] NONE = {};

    static RegisterUse of(Statement s) {
        List<Operand> operands = s.operands();
        String root = s.root();
        if (operands.size() < 2) { // too few for any of these: it is refused where it is run
            return new RegisterUse(rows(operands), NONE, NONE, NONE);
        }
        if (PASSING.contains(root)) {
            return new RegisterUse(operands.get(0).rows(), rows(operands.subList(1, operands.size())), NONE, NONE);
        }
        return switch (root) {
            case "ld", "ldu" -> new RegisterUse(operands.get(0).rows(), NONE, operands.get(1).rows(), NONE);
            case "st" -> new RegisterUse(NONE, NONE, operands.get(0).rows(),
                    s.has("local") ? NONE : operands.get(1).rows());
            case "atom" -> new RegisterUse(operands.get(0).rows(), NONE, rows(operands.subList(1, operands.size())),
                    NONE);
            case "red" -> new RegisterUse(NONE, NONE, rows(operands), NONE);
            // Of any other instruction it is only believed that what it names has a value afterwards.
            default -> new RegisterUse(rows(operands), NONE, NONE, NONE);
        };
    }

    /** Whether the instruction makes a new value of those it passes on, rather than to move or to pack them. */
    static boolean computes(Statement s) {
        return PASSING.contains(s.root()) && !MOVING.contains(s.root());
    }

    /** Whether it does no more than to compute its first operand from the others. */
    static boolean isPassing(Statement s) {
        return PASSING.contains(s.root());
    }

    private static int[] rows(List<Operand> operands) {
        List<Integer> rows = new ArrayList<>();
        for (Operand operand : operands) {
            for (int row : operand.rows()) {
                rows.add(row);
            }
        }
        return rows.stream().mapToInt(Integer::intValue).toArray();
    }
}
