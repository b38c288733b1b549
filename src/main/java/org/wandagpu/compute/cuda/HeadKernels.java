package org.wandagpu.compute.cuda;

import org.wandagpu.cuda.LaunchShape;
import org.wandagpu.failure.DeviceException;

/** {@code kernels/heads.cu}: what is done to attention heads inside their rows. */
public final class HeadKernels {

    private static final String SOURCE = "heads";
    private static final int THREADS = 256;
    private static final int HEADS_OF_A_BLOCK = 8;
    /** A warp holds so many elements of a head. */
    private static final int MOST_NORMALIZED = 256;
    private static final int BLOCKS_OF_A_MULTIPROCESSOR = 8;

    private final KernelLauncher launcher;

    public HeadKernels(KernelLauncher launcher) {
        this.launcher = launcher;
    }

    /**
     * RMS norm of each head, in place.
     *
     * @param gain address of {@code [headDim]} F32
     */
    public void normalize(DeviceHeads x, long gain, float epsilon) {
        if (x.headDim() > MOST_NORMALIZED) {
            throw new DeviceException("a norm over heads of " + x.headDim()
                    + " elements: the device's kernel takes at most " + MOST_NORMALIZED + "; use --device cpu");
        }
        launcher.launch(SOURCE, "head_norm_" + x.matrix().suffix(), shape(x), x.matrix().address(), x.matrix().columns(),
                x.offset(), x.headStride(), x.matrix().rows(), x.count(), x.headDim(), gain, epsilon);
    }

    /**
     * Rotates the first {@code 2 · cos.columns()} dimensions of each head, in place.
     *
     * @param cos {@code [positions, n]} F32
     * @param sin {@code [positions, n]} F32
     * @param first position of the first token of each sequence
     */
    public void rotate(DeviceHeads x, DeviceMatrix cos, DeviceMatrix sin, int first, int seqlen) {
        launcher.launch(SOURCE, "rotary_" + x.matrix().suffix(), shape(x), x.matrix().address(), x.matrix().columns(),
                x.offset(), x.headStride(), x.matrix().rows(), x.count(), cos.address(), sin.address(), cos.columns(),
                first, seqlen);
    }

    /** Copies heads from one layout to another, row by row. */
    public void copy(DeviceHeads source, DeviceHeads target) {
        launcher.launch(SOURCE, "copy_heads_" + source.matrix().suffix(), shape(source),
                source.matrix().address(), source.matrix().columns(), source.offset(), source.headStride(),
                target.matrix().address(), target.matrix().columns(), target.offset(), target.headStride(),
                source.matrix().rows(), source.count(), source.headDim());
    }

    private LaunchShape shape(DeviceHeads x) {
        int heads = Math.multiplyExact(x.matrix().rows(), x.count());
        return LaunchShape.of(Math.min(Math.ceilDiv(heads, HEADS_OF_A_BLOCK),
                BLOCKS_OF_A_MULTIPROCESSOR * launcher.multiprocessors()), THREADS);
    }
}
