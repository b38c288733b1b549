package org.wandagpu.simulator;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The initial content of a variable: numbers and addresses, in braces if there are several. */
final class Initializer {

    private final TokenStream in;
    private final int element;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final List<Reference> references = new ArrayList<>();

    private Initializer(TokenStream in, int element) {
        this.in = in;
        this.element = element;
    }

    /** @param element bytes of each value */
    static Initializer read(TokenStream in, int element) {
        Initializer initializer = new Initializer(in, element);
        int depth = 0;
        do {
            if (in.accept("{")) {
                depth++;
            } else if (in.accept("}")) {
                depth--;
            } else if (!in.accept(",")) {
                initializer.value();
            }
        } while (depth > 0);
        return initializer;
    }

    private void value() {
        if (in.peek().kind() == Token.Kind.WORD) {
            reference(-1);
            return;
        }
        long value = in.signed();
        if (in.accept("(")) {
            reference(value);
            in.expect(")");
        } else {
            put(value);
        }
    }

    private void reference(long mask) {
        boolean generic = in.peek().is("generic") && in.peek(1).is("(");
        if (generic) {
            in.next();
            in.next();
        }
        String name = in.next().text();
        if (generic) {
            in.expect(")");
        }
        long addend = in.accept("+") || in.peek().is("-") ? in.signed() : 0;
        references.add(new Reference(out.size(), element, name, addend, mask));
        put(0);
    }

    private void put(long value) {
        for (int i = 0; i < element; i++) {
            out.write((int) (value >>> 8 * i));
        }
    }

    int bytes() {
        return out.size();
    }

    byte[] content(int bytes) {
        return Arrays.copyOf(out.toByteArray(), bytes);
    }

    List<Reference> references() {
        return List.copyOf(references);
    }
}
