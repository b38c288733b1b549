package org.wandagpu.simulator;

/** A word, number, string or single sign of PTX text, with the line it is on. */
record Token(Kind kind, String text, int line) {

    enum Kind { WORD, NUMBER, STRING, SIGN, END }

    boolean is(String expected) {
        return kind != Kind.STRING && text.equals(expected);
    }
}
