package org.wandagpu.cli;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.wandagpu.failure.UsageException;
import org.wandagpu.tensor.NmPattern;

/** Reads N:M patterns as users write them. */
final class Patterns {

    private static final Pattern NM = Pattern.compile("(\\d{1,4}):(\\d{1,4})");

    private Patterns() {
    }

    /** @throws UsageException unless the text is N:M with 0 &lt; N &lt; M */
    static NmPattern parse(String text) {
        Matcher matcher = NM.matcher(text);
        if (!matcher.matches()) {
            throw new UsageException("pattern '" + text + "' is not known: give unstructured or N:M, for example 2:4");
        }
        return new NmPattern(Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)));
    }
}
