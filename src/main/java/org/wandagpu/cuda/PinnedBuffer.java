package org.wandagpu.cuda;

import java.lang.foreign.MemorySegment;

/** Host memory that copies to and from the device go through. */
public final class PinnedBuffer extends Handle {

    private final MemorySegment memory;

    PinnedBuffer(Gpu gpu, MemorySegment memory) {
        super(gpu);
        this.memory = memory;
    }

    /** All of it. Not to be touched any more once this buffer is closed. */
    public MemorySegment memory() {
        checkOpen();
        return memory;
    }

    @Override
    void giveBack(Driver driver) {
        driver.freePinned(memory);
    }

    @Override
    public String toString() {
        return "pinned memory of " + memory.byteSize() + " bytes";
    }
}
