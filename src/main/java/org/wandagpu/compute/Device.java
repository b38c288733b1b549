package org.wandagpu.compute;

import org.wandagpu.tensor.DType;
import org.wandagpu.tensor.HostTensor;

/**
 * A place where tensors live and operations run.
 *
 * <p>The device owns its threads or streams and frees everything in {@link #close()}; a tensor that is still open then
 * is a leak, which tests look for through {@link #allocatedBytes()}.
 */
public interface Device extends AutoCloseable {

    /** What kind of device: {@code cpu}, {@code cuda}, {@code sim}. */
    String kind();

    /** The device's own name, for reports. */
    String name();

    /** Version of the driver that it runs on, null where there is none. */
    default String driver() {
        return null;
    }

    /** Total memory in bytes. */
    long memoryBytes();

    /** Bytes of all tensors that are open now. */
    long allocatedBytes();

    /** Highest value {@link #allocatedBytes()} has had. */
    long peakAllocatedBytes();

    /** Memory that is taken besides tensors and scratch memory, in bytes: an allowance for plans. */
    long runtimeBytes();

    /** Bytes of {@link #copyOf}. */
    default long bytesOfCopy(HostTensor source) {
        return source.elements() * source.dtype().bytes();
    }

    /**
     * Memory that operations take for themselves in a prune, in bytes.
     *
     * @param sequences of a chunk
     * @param seqlen tokens of a sequence
     * @param widest most in-features of a linear layer
     * @param weights type of the weights
     * @param largest most weights of a linear layer
     */
    long scratchBytes(int sequences, int seqlen, long widest, DType weights, long largest);

    /** The operations of this device. */
    Ops ops();

    /**
     * Waits for all operations so far: what they wrote may then be {@linkplain #transfers copied} by another thread.
     */
    default void synchronize() {
    }

    /** Copies beside the operations. */
    Transfers transfers();

    /** Whether its tensors lie in the host's memory, so that moving them there frees nothing. */
    default boolean sharesHostMemory() {
        return false;
    }

    /**
     * Tokens that operations should be given at once: enough for a matrix product to be bound by arithmetic, few enough
     * for a small workspace.
     */
    int tokensAtOnce();

    /**
     * Element type of the activations of a model on this device.
     *
     * @param weights element type of its weights
     */
    DType activationType(DType weights);

    /**
     * A new tensor filled with zeros.
     *
     * @throws org.wandagpu.failure.DeviceException if the memory cannot be had
     */
    Tensor allocate(DType dtype, long rows, long columns);

    /** A writable copy of a host tensor of rank 1 or 2 (a vector becomes one row), in its own element type. */
    Tensor copyOf(HostTensor source);

    /**
     * A read-only tensor with the elements of a host tensor of rank 1 or 2. On the CPU it is a view without a copy, so
     * {@code source}'s owner must stay open as long as the result is used.
     */
    Tensor place(HostTensor source);

    @Override
    void close();
}
