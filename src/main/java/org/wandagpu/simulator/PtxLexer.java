package org.wandagpu.simulator;

import java.util.ArrayList;
import java.util.List;

/** Cuts PTX text into tokens. An opcode with its suffixes ({@code ld.global.L2::128B.u32}) is one word. */
final class PtxLexer {

    private final String text;
    private final List<Token> tokens = new ArrayList<>();
    private int at;
    private int line = 1;

    private PtxLexer(String text) {
        this.text = text;
    }

    static List<Token> tokens(String text) {
        PtxLexer lexer = new PtxLexer(text);
        while (lexer.skipBlanks()) {
            lexer.next();
        }
        lexer.tokens.add(new Token(Token.Kind.END, "end of text", lexer.line));
        return lexer.tokens;
    }

    private boolean skipBlanks() {
        while (at < text.length()) {
            char c = text.charAt(at);
            if (text.startsWith("//", at)) {
                int end = text.indexOf('\n', at);
                at = end < 0 ? text.length() : end;
            } else if (text.startsWith("/*", at)) {
                int end = text.indexOf("*/", at + 2);
                int stop = end < 0 ? text.length() : end + 2;
                line += (int) text.substring(at, stop).chars().filter(each -> each == '\n').count();
                at = stop;
            } else if (c <= ' ') {
                line += c == '\n' ? 1 : 0;
                at++;
            } else {
                return true;
            }
        }
        return false;
    }

    private void next() {
        char c = text.charAt(at);
        int start = at++;
        Token.Kind kind = Token.Kind.SIGN;
        if (c == '"') {
            int end = text.indexOf('"', at);
            at = end < 0 ? text.length() : end + 1;
            kind = Token.Kind.STRING;
        } else if (Character.isDigit(c)) {
            while (at < text.length() && (Character.isLetterOrDigit(text.charAt(at)) || text.charAt(at) == '.')) {
                at++;
            }
            kind = Token.Kind.NUMBER;
        } else if (inWord(c)) {
            boolean directive = c == '.'; // .reg.b32 is two of them
            while (at < text.length() && !(directive && text.charAt(at) == '.')
                    && (inWord(text.charAt(at)) || text.startsWith("::", at)
                    || text.charAt(at) == ':' && text.charAt(at - 1) == ':')) {
                at++;
            }
            kind = Token.Kind.WORD;
        }
        String piece = text.substring(start, at);
        tokens.add(new Token(kind, kind == Token.Kind.STRING ? piece.replace("\"", "") : piece, line));
    }

    private static boolean inWord(char c) {
        return Character.isLetterOrDigit(c) || c == '_' || c == '$' || c == '%' || c == '.';
    }
}
