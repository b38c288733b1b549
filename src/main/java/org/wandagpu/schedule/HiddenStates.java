package org.wandagpu.schedule;

import java.lang.foreign.MemorySegment;
import org.wandagpu.compute.Tensor;

/**
 * The hidden states of all sequences between two blocks, {@code [tokens, hiddenSize]}, on which a block works chunk by
 * chunk.
 */
sealed interface HiddenStates extends AutoCloseable permits DeviceStates, HostStates {

    /** Work on a chunk. */
    @FunctionalInterface
    interface Work {
        /**
         * @param first index of the chunk's first row
         * @param states its rows, on the device
         */
        void run(long first, Tensor states);
    }

    /** Tokens of all sequences. */
    long rows();

    /** Bytes of a token's states. */
    long rowBytes();

    default long byteSize() {
        return rows() * rowBytes();
    }

    /** Takes the device's memory for chunks of so many rows, in place of that for other chunks. */
    void makeRoom(int chunkRows);

    /**
     * Runs work on a copy of each chunk in order; what it leaves there is dropped.
     *
     * @param chunkRows for which there is room
     */
    void observe(int chunkRows, Work work);

    /** Like {@link #observe}, but what the work leaves is kept. */
    void update(int chunkRows, Work work);

    /** Copies the rows from {@code first} on that fill {@code target}; may run beside {@link #observe}. */
    void read(long first, MemorySegment target);

    /** Sets the rows from {@code first} on that {@code source} has; not beside other work. */
    void write(long first, MemorySegment source);

    @Override
    void close();
}
