package org.wandagpu.compute.cuda;

import org.wandagpu.cuda.LaunchShape;
import org.wandagpu.failure.DeviceException;

/** {@code kernels/attention.cu}. */
public final class Attention {

    private static final String SOURCE = "attention";
    private static final int THREADS = 128;
    private static final int QUERIES = 64;
    /** Elements of a 16-byte vector. */
    private static final int VECTOR = 8;

    private final KernelLauncher launcher;

    public Attention(KernelLauncher launcher) {
        this.launcher = launcher;
    }

    /**
     * Causal attention of each sequence on its own, as {@link org.wandagpu.compute.Ops#attention} has it.
     *
     * @param window sliding window, 0 = none
     * @param slopes address of {@code [q.count]} F32 slopes, or 0 without ALiBi
     */
    public void attend(DeviceHeads q, DeviceHeads k, DeviceHeads v, int window, long slopes, float scale, int queryLength,
            int keyLength, DeviceMatrix out) {
        int widest = widest(q.headDim());
        int keys = widest == 256 ? 32 : 64;
        LaunchShape shape = new LaunchShape(Math.ceilDiv(queryLength, QUERIES), q.count(),
                q.matrix().rows() / queryLength, THREADS, 2 * widest * (QUERIES + 4 * keys));
        boolean vectors = hasVectors(q) && hasVectors(k) && hasVectors(v);
        launcher.launch(SOURCE, "attention_" + widest + "_" + q.matrix().suffix(), shape,
                q.matrix().address(), q.matrix().columns(), q.offset(), q.headStride(),
                k.matrix().address(), k.matrix().columns(), k.offset(), k.headStride(),
                v.matrix().address(), v.matrix().columns(), v.offset(), v.headStride(),
                q.count() / k.count(), window, slopes, scale, queryLength, keyLength, q.headDim(), vectors ? 1 : 0,
                out.address());
    }

    private static int widest(int headDim) {
        for (int widest : new int[] {64, 128, 256}) {
            if (headDim <= widest) {
                return widest;
            }
        }
        throw new DeviceException("heads of " + headDim
                + " elements: the device's kernel takes at most 256; use --device cpu");
    }

    private static boolean hasVectors(DeviceHeads x) {
        return x.matrix().hasVectorRows() && x.offset() % VECTOR == 0 && x.headStride() % VECTOR == 0
                && x.headDim() % VECTOR == 0;
    }
}
