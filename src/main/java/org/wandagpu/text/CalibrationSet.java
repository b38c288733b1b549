package org.wandagpu.text;

import java.util.List;

/**
 * What a model is calibrated with.
 *
 * @param samples token ids, at least one sample, all of one length
 * @param source where they come from: a file, a data set or a word like {@code embedded}
 * @param textSha256 SHA-256 of the file or text they were drawn from, or null where there was none
 * @param seed of the draws, or null where nothing was drawn
 */
public record CalibrationSet(List<int[]> samples, String source, String textSha256, Long seed) {

    /** SHA-256 of the token ids, as {@link Sha256#ofIds} defines it: equal exactly when the samples are. */
    public String sha256() {
        return Sha256.ofIds(samples);
    }

    /** How many samples there are. */
    public int nsamples() {
        return samples.size();
    }

    /** Tokens of each sample. */
    public int seqlen() {
        return samples.getFirst().length;
    }

    /** Tokens of all samples. */
    public long tokens() {
        return (long) nsamples() * seqlen();
    }
}
