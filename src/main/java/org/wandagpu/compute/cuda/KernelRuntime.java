package org.wandagpu.compute.cuda;

import java.lang.foreign.MemorySegment;

/** A GPU, or what stands for one: its memory, and its launches one after the other. Used by one thread at a time. */
public interface KernelRuntime extends KernelLauncher, AutoCloseable {

    /** Kind of device as on the command line. */
    String kind();

    /** The device in words. */
    String name();

    /**
     * Address of fresh memory, aligned to 256 bytes, whose content is undefined.
     *
     * @throws org.wandagpu.failure.DeviceException if it cannot be had
     */
    long allocate(long bytes);

    /** Frees what {@link #allocate} gave. */
    void free(long address);

    /** Copies all of {@code source} to the device. */
    void copyIn(long address, MemorySegment source);

    /** Fills all of {@code target} from the device, after the launches so far. */
    void copyOut(long address, MemorySegment target);

    @Override
    void close();
}
