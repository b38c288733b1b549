package org.wandagpu.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import org.wandagpu.text.Tokenizer;

/**
 * Prints tokens as text while they come. A token may be part of a character or change the spacing of its neighbours,
 * so the prompt and all new tokens are decoded again each time and only what is new and complete is printed.
 */
final class TextStream {

    private static final char INCOMPLETE = '\uFFFD';

    private final Tokenizer tokenizer;
    private final PrintWriter out;
    private final List<Integer> ids = new ArrayList<>();
    private final int promptLength;
    private String printed;

    /**
     * @param tokenizer null prints the ids themselves
     * @param prompt token ids in front of the new ones
     */
    TextStream(Tokenizer tokenizer, PrintWriter out, int[] prompt) {
        this.tokenizer = tokenizer;
        this.out = out;
        for (int id : prompt) {
            ids.add(id);
        }
        this.promptLength = prompt.length;
        this.printed = decode();
    }

    void add(int id) {
        ids.add(id);
        if (tokenizer == null) {
            out.print((ids.size() > promptLength + 1 ? "," : "") + id);
        } else {
            String text = decode();
            if (text.startsWith(printed) && text.indexOf(INCOMPLETE, printed.length()) < 0) {
                print(text);
            }
        }
        out.flush();
    }

    /** Prints what was held back and ends the line. */
    void end() {
        String text = decode();
        if (text.startsWith(printed)) {
            print(text);
        }
        out.println();
    }

    private void print(String text) {
        out.print(text.substring(printed.length()));
        printed = text;
    }

    private String decode() {
        return tokenizer == null ? "" : tokenizer.decode(ids.stream().mapToInt(Integer::intValue).toArray());
    }
}
