package org.wandagpu.simulator;

import java.util.List;
import org.wandagpu.failure.BadInputException;

/** Reads tokens one by one and refuses what is not expected, with file and line. */
final class TokenStream {

    private final String file;
    private final List<Token> tokens;
    private int at;

    TokenStream(String file, String text) {
        this.file = file;
        this.tokens = PtxLexer.tokens(text);
    }

    private TokenStream(String file, List<Token> tokens, int at) {
        this.file = file;
        this.tokens = tokens;
        this.at = at;
    }

    /** The same text from its token number {@code position} on. */
    TokenStream from(int position) {
        return new TokenStream(file, tokens, position);
    }

    int position() {
        return at;
    }

    Token peek() {
        return tokens.get(at);
    }

    Token peek(int ahead) {
        return tokens.get(Math.min(at + ahead, tokens.size() - 1));
    }

    boolean ended() {
        return peek().kind() == Token.Kind.END;
    }

    Token next() {
        Token token = peek();
        if (token.kind() == Token.Kind.END) {
            throw refused("the text ends too early");
        }
        at++;
        return token;
    }

    boolean accept(String text) {
        boolean found = peek().is(text);
        at += found ? 1 : 0;
        return found;
    }

    void expect(String text) {
        if (!accept(text)) {
            throw refused("'" + text + "' expected, not '" + peek().text() + "'");
        }
    }

    /** Reads to a sign and over it. */
    void skipPast(String sign) {
        while (!accept(sign)) {
            next();
        }
    }

    /** Reads over braces and what is between them. */
    void skipBlock() {
        expect("{");
        for (int depth = 1; depth > 0;) {
            Token token = next();
            depth += token.is("{") ? 1 : token.is("}") ? -1 : 0;
        }
    }

    /** A number, which may be negative, as bits. */
    long signed() {
        return accept("-") ? -number() : number();
    }

    private long number() {
        if (peek().kind() != Token.Kind.NUMBER) {
            throw refused("a number expected, not '" + peek().text() + "'");
        }
        String text = next().text();
        try {
            return Literals.bits(text);
        } catch (NumberFormatException e) {
            throw refused("'" + text + "' is not a number");
        }
    }

    int integer() {
        return (int) number();
    }

    void skipLine() {
        int line = peek().line();
        while (!ended() && peek().line() == line) {
            at++;
        }
    }

    BadInputException refused(String why) {
        return new BadInputException("%s:%d: %s".formatted(file, peek().line(), why));
    }
}
