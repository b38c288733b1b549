package org.wandagpu.compute.cuda;

import org.wandagpu.cuda.LaunchShape;

/** Carries out launches one after the other, on a GPU or in the simulator. */
public interface KernelLauncher {

    /** Multiprocessors of the device, for kernels whose blocks stay and walk over their work. */
    int multiprocessors();

    /**
     * Launches a kernel.
     *
     * @param source file of {@link ShippedKernels} that has the entry
     * @param entry name of the kernel
     * @param arguments in the kernel's order: Long for addresses and 64-bit numbers, Integer, Float
     */
    void launch(String source, String entry, LaunchShape shape, Object... arguments);

    /** Sets {@code bytes} bytes from {@code address} on to zero, in order with the launches. */
    void clear(long address, long bytes);
}
