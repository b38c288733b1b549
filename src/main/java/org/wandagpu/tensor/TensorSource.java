package org.wandagpu.tensor;

/** Where a model's tensors come from: a checkpoint, or the pruned copy that is being written. */
public interface TensorSource {

    /** What to call the source in messages. */
    String where();

    /** Whether a tensor of that name exists. */
    boolean has(String name);

    /**
     * A tensor by name.
     *
     * @throws org.wandagpu.failure.BadInputException if there is none
     */
    HostTensor tensor(String name);
}
