package org.wandagpu.simulator;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
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
        String type = null;
        while (in.peek().text().startsWith(".")) {
            String word = in.next().text();
            switch (word) {
                case ".align" -> align = in.integer();
                case ".v2" -> vector = 2;
                case ".v4" -> vector = 4;
                case ".ptr", ".global", ".const", ".shared", ".local" -> { }
                default -> type = word;
            }
        }
        int element = Literals.bytes(type) * vector;
        align = Math.max(1, align == 0 ? element : Math.max(align, type.equals(".b8") ? 1 : element));
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
        byte[] content = in.accept("=") ? content(Literals.bytes(type), unsized ? -1 : count * element) : null;
        int bytes = unsized ? content == null ? 0 : content.length : count * element;
        return new Variable(space, name, align, bytes, extern || unsized && content == null, content);
    }

    static boolean isLinking(Token token) {
        return LINKING.contains(token.text());
    }

    private byte[] content(int element, int bytes) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int depth = 0;
        do {
            if (in.accept("{")) {
                depth++;
            } else if (in.accept("}")) {
                depth--;
            } else if (!in.accept(",")) {
                long value = in.accept("-") ? -Literals.bits(in.next().text()) : Literals.bits(in.next().text());
                for (int i = 0; i < element; i++) {
                    out.write((int) (value >>> 8 * i));
                }
            }
        } while (depth > 0);
        byte[] given = out.toByteArray();
        return bytes < 0 ? given : Arrays.copyOf(given, bytes);
    }
}
