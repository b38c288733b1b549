package org.wandagpu.cuda;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** A native handle. Its {@link Gpu} knows it until it is closed, once, before the Gpu is. */
public abstract class Handle implements AutoCloseable {

    private final Gpu gpu;
    private boolean closed;

    Handle(Gpu gpu) {
        this.gpu = gpu;
        gpu.opened(this);
    }

    /** The GPU's driver, for a call with this handle. */
    final Driver driver() {
        checkOpen();
        return gpu.driver();
    }

    final void checkOpen() {
        if (closed) {
            throw new IllegalStateException(this + " is used after it was closed");
        }
    }

    /** Gives the handle back to the driver. */
    abstract void giveBack(Driver driver);

    /**
     * It is closed whatever the driver says: a device that is lost takes nothing back.
     *
     * @throws IllegalStateException if it was closed before, or its Gpu was
     */
    @Override
    public final void close() {
        checkOpen();
        closed = true;
        gpu.closed(this);
        giveBack(gpu.driver());
    }

    /** Closes every one, whichever fails, and then throws the first failure. */
    public static void closeAll(Collection<? extends Handle> handles) {
        List<RuntimeException> failures = new ArrayList<>();
        for (Handle handle : handles) {
            attempt(handle::close, failures);
        }
        throwFirst(failures);
    }

    static void attempt(Runnable call, List<RuntimeException> failures) {
        try {
            call.run();
        } catch (RuntimeException e) {
            failures.add(e);
        }
    }

    static void throwFirst(List<RuntimeException> failures) {
        if (!failures.isEmpty()) {
            RuntimeException first = failures.removeFirst();
            failures.forEach(first::addSuppressed);
            throw first;
        }
    }
}
