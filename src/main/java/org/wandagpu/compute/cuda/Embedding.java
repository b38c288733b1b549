package org.wandagpu.compute.cuda;

import org.wandagpu.cuda.LaunchShape;

/** {@code kernels/embed.cu}: rows of a table by token and by position. */
final class Embedding {

    private static final String SOURCE = "embed";
    private static final int THREADS = 256;
    private static final int BLOCKS_OF_A_MULTIPROCESSOR = 8;

    private final KernelLauncher launcher;

    Embedding(KernelLauncher launcher) {
        this.launcher = launcher;
    }

    /**
     * {@code out[t] = table[ids[t]]}.
     *
     * @param ids address of one int a row of {@code out}
     */
    void gather(DeviceMatrix table, long ids, DeviceMatrix out) {
        launcher.launch(SOURCE, entry("embed_", table, out), shape(out), table.address(), ids, out.rows(), out.columns(),
                out.address());
    }

    /** {@code x[t] += table[first + t mod seqlen]}. */
    void addPositions(DeviceMatrix table, int first, int seqlen, DeviceMatrix x) {
        launcher.launch(SOURCE, entry("add_positions_", table, x), shape(x), table.address(), first, seqlen, x.rows(),
                x.columns(), x.address());
    }

    private static String entry(String name, DeviceMatrix table, DeviceMatrix activations) {
        return name + table.suffix() + "_" + activations.suffix();
    }

    private LaunchShape shape(DeviceMatrix x) {
        return LaunchShape.of(Math.min(x.rows(), BLOCKS_OF_A_MULTIPROCESSOR * launcher.multiprocessors()), THREADS);
    }
}
