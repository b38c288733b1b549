package org.wandagpu.simulator;

import java.util.List;
import java.util.Set;

/** Reads declarations such as {@code .extern .shared .align 16 .b8 name[256] = {1, 2};}. */
final class VariableParser {

    private static final Set<String> LINKING = Set.of(".visible", ".extern", ".weak", ".common");

    private final TokenStream in;

    VariableParser(TokenStream in) {
        this.in = in;
    }

    /** Reads from the space on; the linking directive has been read. */
    Variable variable(boolean extern) {
        String space = in.next().text();
        int align = 0;
        int vector = 1;
        String type = ".b8";
        while (in.peek().text().startsWith(".")) {
            String word = in.next().text();
            switch (word) {
                case ".align" -> align = in.integer();
                case ".v2" -> vector = 2;
                case ".v4" -> vector = 4;
                case ".ptr", ".global", ".const", ".shared", ".local" -> { }
                case ".attribute" -> in.skipPast(")");
                default -> type = word;
            }
        }
        int element = bytes(type);
        int whole = element * vector;
        align = Math.max(1, align == 0 ? whole : Math.max(align, type.equals(".b8") ? 1 : whole));
        String name = in.next().text();
        int count = 1;
        boolean unsized = false;
        while (in.accept("[")) {
            if (in.accept("]")) {
                unsized = true;
            } else {
                count *= in.integer();
                in.expect("]");
            }
        }
        if (!in.accept("=")) {
            return new Variable(space, name, align, unsized ? 0 : count * whole, extern || unsized, null, List.of());
        }
        Initializer initializer = Initializer.read(in, element);
        int bytes = unsized ? initializer.bytes() : count * whole;
        return new Variable(space, name, align, bytes, extern, initializer.content(bytes), initializer.references());
    }

    /** Textures and surfaces are handles: they can be declared, but nothing reads them. */
    private int bytes(String type) {
        try {
            return Set.of(".texref", ".samplerref", ".surfref").contains(type) ? Long.BYTES : Literals.bytes(type);
        } catch (UnsupportedOperationException e) {
            throw in.refused("no type '" + type + "'");
        }
    }

    static boolean isLinking(Token token) {
        return LINKING.contains(token.text());
    }
}
