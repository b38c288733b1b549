package org.wandagpu.compute.cuda;

import org.wandagpu.cuda.LaunchShape;

/** {@code kernels/input_norms.cu}: the factors of Wanda's scores, once a layer's input. */
public final class InputNorms {

    private static final int THREADS = 256;

    private final KernelLauncher launcher;

    public InputNorms(KernelLauncher launcher) {
        this.launcher = launcher;
    }

    /**
     * {@code norms[j] = √s[j]}, or 1 where there is no statistic.
     *
     * @param s address of {@code [columns]} F32, or 0 for none
     * @param norms address of {@code [columns]} F32, overwritten
     */
    public void compute(long s, long norms, int columns) {
        launcher.launch("input_norms", "input_norms", LaunchShape.of(Math.ceilDiv(columns, THREADS), THREADS),
                s, norms, columns);
    }
}
