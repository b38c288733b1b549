package org.wandagpu.text;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.wandagpu.failure.BadInputException;

/**
 * Draws calibration samples exactly as the published code does (reference-semantics §10): the same seed gives the same
 * samples.
 */
public final class CalibrationSampler {

    /**
     * One sample and where it was found.
     *
     * @param document its index
     * @param documentTokens how many tokens the document has
     * @param start index of the sample's first token in them
     */
    record Draw(int document, int documentTokens, int start, int[] sample) {
    }

    private final Documents documents;
    private final Tokenizer tokenizer;
    private final int seqlen;
    private final PythonRandom random;
    private final BitSet tooShort = new BitSet();
    private int longest;

    private CalibrationSampler(Documents documents, Tokenizer tokenizer, int seqlen, long seed) {
        this.documents = documents;
        this.tokenizer = tokenizer;
        this.seqlen = seqlen;
        this.random = new PythonRandom(seed);
    }

    /**
     * Draws samples from documents: for each, documents until one is longer than a sample, then a place in it.
     *
     * @param nsamples how many, at least 1; a document may give several
     * @param seqlen tokens of each, at least 1
     * @param seed for Python's random numbers
     * @throws BadInputException if no document is longer than {@code seqlen} tokens; all have been tokenised then
     */
    public static List<int[]> fromDocuments(Documents documents, Tokenizer tokenizer, int nsamples, int seqlen,
            long seed) {
        return drawFromDocuments(documents, tokenizer, nsamples, seqlen, seed).stream().map(Draw::sample).toList();
    }

    static List<Draw> drawFromDocuments(Documents documents, Tokenizer tokenizer, int nsamples, int seqlen, long seed) {
        CalibrationSampler sampler = new CalibrationSampler(documents, tokenizer, seqlen, seed);
        List<Draw> draws = new ArrayList<>();
        for (int i = 0; i < nsamples; i++) {
            draws.add(sampler.draw());
        }
        return draws;
    }

    private Draw draw() {
        while (true) {
            int document = random.randint(0, documents.count() - 1);
            if (tooShort.get(document)) {
                continue;
            }
            int[] tokens = tokenizer.encode(documents.text(document));
            if (tokens.length > seqlen) {
                int start = random.randint(0, tokens.length - seqlen - 1);
                return new Draw(document, tokens.length, start, Arrays.copyOfRange(tokens, start, start + seqlen));
            }
            reject(document, tokens.length);
        }
    }

    /** Remembers a document as too short; the published code would draw for ever once all of them are. */
    private void reject(int document, int tokens) {
        tooShort.set(document);
        longest = Math.max(longest, tokens);
        if (tooShort.cardinality() == documents.count()) {
            throw new BadInputException(documents.where() + ": none of the " + documents.count()
                    + " documents has more than " + seqlen + " tokens, the longest has " + longest
                    + "; lower --seqlen below " + longest + " or give longer documents");
        }
    }

    /**
     * Draws samples from one long row of tokens, each at a place of its own; they may overlap.
     *
     * @param nsamples how many, at least 1
     * @param seqlen tokens of each, at least 1
     * @param seed for Python's random numbers
     * @param where where the row comes from, for the message
     * @throws BadInputException if the row has no more than {@code seqlen} tokens
     */
    public static List<int[]> fromRow(int[] tokens, int nsamples, int seqlen, long seed, String where) {
        if (tokens.length <= seqlen) {
            throw new BadInputException(where + ": " + tokens.length
                    + " tokens are too few for a calibration sample of " + seqlen + "; lower --seqlen below "
                    + tokens.length + " or give a longer text");
        }
        PythonRandom random = new PythonRandom(seed);
        List<int[]> samples = new ArrayList<>();
        for (int i = 0; i < nsamples; i++) {
            int start = random.randint(0, tokens.length - seqlen - 1);
            samples.add(Arrays.copyOfRange(tokens, start, start + seqlen));
        }
        return samples;
    }
}
