package org.wandagpu.text;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;
import java.util.zip.CRC32;
import org.wandagpu.failure.WorkFailedException;

/**
 * The text of the embedded models, without a download: the glosses of Princeton WordNet 3.0, read from the data files
 * on the class path. A line is a synset's words, joined with commas, a colon and its gloss. A gloss belongs to a split
 * by its CRC-32 modulo 20: 0 is for tests, 1 for calibration, the others trained the models.
 */
public final class EmbeddedText {

    private static final String FOLDER = "/net/sf/extjwnl/data/wordnet/wn30/";
    private static final List<String> FILES = List.of("data.noun", "data.verb", "data.adj", "data.adv");
    private static final String GLOSS_MARK = " | ";
    /** What WordNet writes behind an adjective that may not stand everywhere. */
    private static final Pattern POSITION_MARK = Pattern.compile("\\((a|p|ip)\\)$");
    private static final int SPLITS = 20;
    private static final int TEST = 0;
    private static final int CALIBRATION = 1;

    private EmbeddedText() {
    }

    /** The split for calibration: 5,860 lines, pure ASCII. */
    public static String calibration() {
        return split(CALIBRATION);
    }

    /** The split for measuring perplexity: 5,983 lines, pure ASCII. */
    public static String test() {
        return split(TEST);
    }

    private static String split(int wanted) {
        StringBuilder text = new StringBuilder();
        for (String file : FILES) {
            try (InputStream stream = EmbeddedText.class.getResourceAsStream(FOLDER + file)) {
                if (stream == null) {
                    throw new WorkFailedException("the program's jar lacks WordNet's " + file
                            + "; build or fetch it again");
                }
                BufferedReader lines = new BufferedReader(new InputStreamReader(stream, StandardCharsets.US_ASCII));
                lines.lines().filter(line -> !line.startsWith("  ")).forEach(line -> append(line, wanted, text));
            } catch (IOException e) {
                throw new WorkFailedException("WordNet's " + file + " cannot be read: " + Reason.of(e), e);
            }
        }
        return text.toString();
    }

    private static void append(String synset, int wanted, StringBuilder text) {
        int mark = synset.indexOf(GLOSS_MARK);
        String gloss = synset.substring(mark + GLOSS_MARK.length()).strip();
        CRC32 crc = new CRC32();
        crc.update(gloss.getBytes(StandardCharsets.US_ASCII));
        if (crc.getValue() % SPLITS == wanted) {
            text.append(words(synset.substring(0, mark))).append(": ").append(gloss).append('\n');
        }
    }

    /** The words of a synset: offset, file number and type, a count of two hex digits, then word and number in turn. */
    private static String words(String synset) {
        String[] fields = synset.split(" ");
        String[] words = new String[Integer.parseInt(fields[3], 16)];
        for (int i = 0; i < words.length; i++) {
            words[i] = POSITION_MARK.matcher(fields[4 + 2 * i]).replaceFirst("").replace('_', ' ');
        }
        return String.join(", ", words);
    }
}
