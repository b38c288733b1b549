package org.wandagpu.simulator;

import java.util.Arrays;
import java.util.List;
import java.util.function.IntUnaryOperator;

/**
 * One instruction as parsed.
 *
 * @param guard row of the predicate, -1 for none
 * @param guardNegated whether the instruction runs where the predicate is false
 * @param opcode with all suffixes
 * @param source {@code file:line} of the CUDA source by the last {@code .loc} and where it was inlined, or empty
 */
record Statement(int guard, boolean guardNegated, String opcode, List<Operand> operands, int line, String source) {

    String root() {
        int dot = opcode.indexOf('.');
        return dot < 0 ? opcode : opcode.substring(0, dot);
    }

    boolean has(String suffix) {
        return Arrays.asList(opcode.split("\\.")).contains(suffix);
    }

    /** The last suffix: for most instructions their type. */
    String type() {
        return opcode.substring(opcode.lastIndexOf('.') + 1);
    }

    /** The suffix before the last. */
    String type2() {
        String[] parts = opcode.split("\\.");
        return parts[parts.length - 2];
    }

    int row(int index) {
        return operands.get(index).row();
    }

    /** The same with other rows. */
    Statement withRows(IntUnaryOperator rows) {
        return new Statement(rows.applyAsInt(guard), guardNegated, opcode,
                operands.stream().map(operand -> operand.withRows(rows)).toList(), line, source);
    }
}
