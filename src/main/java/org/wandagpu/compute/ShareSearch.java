package org.wandagpu.compute;

/**
 * The search of Wanda's variant for the share alpha of a row's score sum that makes the whole matrix lose what was asked
 * for, by halving (reference-semantics §6). Shares are compared in fp32, as published.
 */
public final class ShareSearch {

    private static final double FIRST_ALPHA = 0.4;
    private static final double HIGHEST_ALPHA = 0.8;
    private static final double PRECISION = 0.001;

    private ShareSearch() {
    }

    /** What an alpha does. */
    public interface Masked {
        /** Share of the matrix's weights that go. */
        float share(float alpha);
    }

    /** The alpha whose masked share comes near {@code sparsity}. */
    public static double alpha(Masked masked, float sparsity) {
        double alpha = FIRST_ALPHA;
        double low = 0;
        double high = HIGHEST_ALPHA;
        float current = masked.share((float) alpha);
        while (Math.abs(current - sparsity) > (float) PRECISION && high - low >= PRECISION) {
            double next;
            if (current > sparsity) {
                next = (alpha + low) / 2;
                high = alpha;
            } else {
                next = (alpha + high) / 2;
                low = alpha;
            }
            alpha = next;
            current = masked.share((float) alpha);
        }
        return alpha;
    }
}
