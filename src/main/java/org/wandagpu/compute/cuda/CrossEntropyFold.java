package org.wandagpu.compute.cuda;

import org.wandagpu.cuda.LaunchShape;

/** {@code kernels/cross_entropy.cu}: losses over a vocabulary that comes piece by piece. */
final class CrossEntropyFold {

    private static final String SOURCE = "cross_entropy";
    private static final int THREADS = 256;

    private final KernelLauncher launcher;
    private final int tokens;
    private final long targets;
    private final long maxima;
    private final long sums;
    private final long targetLogits;

    /**
     * @param targets address of one int a token, negative for none
     * @param state address of {@link #stateBytes} bytes
     */
    CrossEntropyFold(KernelLauncher launcher, int tokens, long targets, long state) {
        this.launcher = launcher;
        this.tokens = tokens;
        this.targets = targets;
        this.maxima = state;
        this.sums = state + (long) Float.BYTES * tokens;
        this.targetLogits = state + 2L * Float.BYTES * tokens;
    }

    static long stateBytes(int tokens) {
        return 3L * Float.BYTES * tokens;
    }

    /**
     * Takes the next piece.
     *
     * @param logits {@code [tokens, words]} F32
     * @param firstWord of the piece; pieces come in order from 0
     */
    void fold(DeviceMatrix logits, int firstWord) {
        launcher.launch(SOURCE, "cross_entropy_fold", LaunchShape.of(tokens, THREADS), logits.address(), logits.columns(),
                firstWord, targets, maxima, sums, targetLogits);
    }

    /** @param losses address of {@code [tokens]} F32, overwritten */
    void finish(long losses) {
        launcher.launch(SOURCE, "cross_entropy_finish", LaunchShape.of(Math.ceilDiv(tokens, THREADS), THREADS), tokens,
                targets, maxima, sums, targetLogits, losses);
    }
}
