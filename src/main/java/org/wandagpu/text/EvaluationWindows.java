package org.wandagpu.text;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.wandagpu.failure.BadInputException;

/** Cuts the tokens of an evaluation text into windows, by reference-semantics §11. */
public final class EvaluationWindows {

    private EvaluationWindows() {
    }

    /**
     * Windows side by side from the first token on; the tokens behind the last whole window are dropped.
     *
     * @param tokens the text, tokenised once
     * @param seqlen tokens of a window, at least 2
     * @param atMost how many windows to take from the beginning
     * @param where where the text comes from, for the message
     * @throws BadInputException if the text does not fill one window
     */
    public static List<int[]> of(int[] tokens, int seqlen, int atMost, String where) {
        if (tokens.length < seqlen) {
            throw new BadInputException(where + ": " + tokens.length + " tokens do not fill one window of " + seqlen
                    + "; lower --seqlen to " + tokens.length + " or less, or give a longer text");
        }
        List<int[]> windows = new ArrayList<>();
        int count = Math.min(atMost, tokens.length / seqlen);
        for (int i = 0; i < count; i++) {
            windows.add(Arrays.copyOfRange(tokens, i * seqlen, (i + 1) * seqlen));
        }
        return windows;
    }
}
