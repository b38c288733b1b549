package org.wandagpu.compute;

import java.lang.foreign.MemorySegment;

/**
 * Copies between host memory and a device's tensors beside the operations under way, for other threads than the one
 * that drives {@link Ops}. What is copied must stand still meanwhile: no operation reads or writes it, or none writes
 * what is only read here, since the last {@link Device#synchronize}.
 */
public interface Transfers {

    /** Host memory that this device copies from and to without a stop on the way; its content is undefined. */
    HostMemory allocate(long bytes);

    /** Host memory with an owner. */
    interface HostMemory extends AutoCloseable {

        /** All of it. Not to be touched once this is closed. */
        MemorySegment segment();

        @Override
        void close();
    }

    /** Fills a tensor; returns when all elements are there. */
    void in(MemorySegment source, Tensor target);

    /** Copies all elements of a tensor to the front of {@code target}; returns when they are there. */
    void out(Tensor source, MemorySegment target);
}
