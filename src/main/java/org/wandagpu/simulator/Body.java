package org.wandagpu.simulator;

import java.util.List;
import java.util.stream.Stream;

/**
 * A kernel or function as read, before it has its place among others.
 *
 * @param jumps per instruction where it may branch to, by index in this body
 * @param firstRow the rows from here to {@code lastRow} were made for this body
 */
record Body(boolean entry, List<Statement> statements, int[][] jumps, Symbols symbols, int firstRow,
        int lastRow) {

    /** Names of the functions that it calls. */
    Stream<String> callees() {
        return calls().map(Calls::callee).filter(callee -> !callee.isEmpty());
    }

    /** Whether it calls through a pointer. */
    boolean callsAnything() {
        return calls().map(Calls::callee).anyMatch(String::isEmpty);
    }

    Stream<Statement> calls() {
        return statements.stream().filter(statement -> statement.root().equals("call"));
    }

    Body withStatements(List<Statement> others) {
        return new Body(entry, others, jumps, symbols, firstRow, lastRow);
    }
}
