package org.wandagpu.disk;

import java.io.IOException;
import java.nio.file.Path;

/**
 * A disk for tests that counts the operations which change it and fails at a chosen one: by the end of the process, with
 * the operation half done where it is a write, or by being full. Its paths stand over real files.
 */
public final class FaultyDisk {

    /** What happens at the chosen operation. */
    public enum Fault {
        /** The process is gone before the operation: it and all later ones fail. */
        KILL,
        /** The same, but half of a write's bytes have reached the disk. */
        KILL_IN_A_WRITE,
        /** Half of a write's bytes fit; no later write does. */
        FULL
    }

    /** Stands for the end of the process; no part of the program catches it. */
    public static final class Killed extends Error {
        private static final long serialVersionUID = 1L;

        Killed() {
            super("killed", null, false, false);
        }
    }

    private final FaultyFileSystem fileSystem = new FaultyFileSystem(this);
    private final Fault fault;
    private final long failing;
    private long operations;

    /**
     * @param fault what happens
     * @param failing index of the operation at which it happens, from 0 on
     */
    public FaultyDisk(Fault fault, long failing) {
        this.fault = fault;
        this.failing = failing;
    }

    /** The path on this disk that stands for a real one. */
    public Path path(Path real) {
        return new FaultyPath(fileSystem, real);
    }

    /** Operations so far, those after a kill not counted. */
    public long operations() {
        return operations;
    }

    /** Counts an operation that takes no space. */
    void beforeChange() {
        if (operations >= failing && fault != Fault.FULL) {
            throw new Killed();
        }
        operations++;
    }

    /** Counts an operation that takes space. */
    void beforeGrowth() throws IOException {
        if (operations >= failing && fault == Fault.FULL) {
            throw full();
        }
        beforeChange();
    }

    /** The part of a write that still reaches the disk: −1 for all of it. */
    int share(int bytes) throws IOException {
        if (operations < failing) {
            operations++;
            return -1;
        }
        boolean isFirst = operations == failing;
        operations++;
        if (fault == Fault.KILL) {
            throw new Killed();
        }
        return isFirst ? bytes / 2 : 0;
    }

    /** Ends a write of which only a share was done. */
    void afterShare() throws IOException {
        if (fault == Fault.FULL) {
            throw full();
        }
        throw new Killed();
    }

    private static IOException full() {
        return new IOException("No space left on device");
    }
}
