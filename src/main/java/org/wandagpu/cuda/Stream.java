package org.wandagpu.cuda;

import java.lang.foreign.MemorySegment;

/** Work of a GPU, one thing after the other. Every method but {@link #synchronize} returns before its work is done. */
public final class Stream extends Handle {

    private final long stream;

    Stream(Gpu gpu, long stream) {
        super(gpu);
        this.stream = stream;
    }

    /** @param arguments in the kernel's order: Long for addresses and 64-bit numbers, Integer, Float */
    public void launch(KernelModule module, String entry, LaunchShape shape, Object... arguments) {
        driver().launch(module.function(entry, shape.dynamicSharedBytes()), shape, stream, arguments);
    }

    /** @param source pinned memory, copied whole; it must stay as it is until {@link #synchronize} */
    public void copyIn(long address, MemorySegment source) {
        driver().copyIn(address, source, stream);
    }

    /** @param target pinned memory, filled whole, there after {@link #synchronize} */
    public void copyOut(long address, MemorySegment target) {
        driver().copyOut(address, target, stream);
    }

    /** Copies inside the device; the two stretches do not overlap. */
    public void copy(long source, long target, long bytes) {
        driver().copy(source, target, bytes, stream);
    }

    public void fill(long address, byte value, long bytes) {
        driver().fill(address, value, bytes, stream);
    }

    /** The stream as CUDA's libraries know it. */
    long nativeHandle() {
        return driver().nativeStream(stream);
    }

    /** Marks this place in the work. */
    public void record(Event event) {
        driver().record(event.handle(), stream);
    }

    /** Waits for all of it, and throws what went wrong in it. */
    public void synchronize() {
        driver().synchronize(stream);
    }

    @Override
    void giveBack(Driver driver) {
        driver.destroyStream(stream);
    }

    @Override
    public String toString() {
        return "stream " + stream;
    }
}
