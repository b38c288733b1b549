package org.wandagpu.simulator;

import java.util.List;
import java.util.function.IntUnaryOperator;

/**
 * What an instruction names. Registers, constants, special registers and addresses of variables are all rows of 32
 * lanes by the time they get here, so that operations need not tell them apart.
 *
 * @param row index of the row; for an address, of its base
 * @param offset bytes added to an address
 * @param label for a label, which is any name that is not declared, its names from the innermost scope outwards,
 *     separated by blanks; otherwise empty
 * @param parts of a vector {@code {a, b}}, a pair {@code a|b} or a list {@code (a, b)}
 */
record Operand(Kind kind, int row, long offset, String label, List<Operand> parts) {

    enum Kind { ROW, ADDRESS, VECTOR, PAIR, LIST, LABEL, SINK }

    static Operand row(int row) {
        return new Operand(Kind.ROW, row, 0, "", List.of());
    }

    /** A predicate read as its opposite; the offset tells it apart. */
    static Operand negated(int row) {
        return new Operand(Kind.ROW, row, 1, "", List.of());
    }

    boolean isNegated() {
        return kind == Kind.ROW && offset == 1;
    }

    static Operand address(Operand base, long offset) {
        return new Operand(Kind.ADDRESS, base.row, offset, base.label, List.of());
    }

    static Operand label(String names) {
        return new Operand(Kind.LABEL, -1, 0, names, List.of());
    }

    /** A label as it stands in the text, empty for other operands. */
    String name() {
        return label.substring(label.lastIndexOf(' ') + 1);
    }

    static Operand many(Kind kind, List<Operand> parts) {
        return new Operand(kind, -1, 0, "", List.copyOf(parts));
    }

    static Operand sink() {
        return new Operand(Kind.SINK, -1, 0, "", List.of());
    }

    /** The same with other rows. */
    Operand withRows(IntUnaryOperator rows) {
        return new Operand(kind, rows.applyAsInt(row), offset, label,
                parts.stream().map(part -> part.withRows(rows)).toList());
    }

    /** The rows of a vector in order, or the one row. A sink has row -1. */
    int[] rows() {
        return parts.isEmpty() && kind != Kind.LIST ? new int[] {row} : parts.stream().mapToInt(Operand::row).toArray();
    }
}
