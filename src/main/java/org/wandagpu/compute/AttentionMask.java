package org.wandagpu.compute;

/**
 * Which keys a query sees, and with what bias.
 *
 * @param window sliding window: the query at position i sees keys j with i − window &lt; j ≤ i; 0 = all keys up to i
 * @param alibiSlopes one slope a query head, added as slope · j to the score of key position j; null without ALiBi
 */
public record AttentionMask(int window, float[] alibiSlopes) {

    /** Causal attention without window or bias. */
    public static final AttentionMask CAUSAL = new AttentionMask(0, null);
}
