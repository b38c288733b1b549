package org.wandagpu.schedule;

import java.util.List;
import org.wandagpu.compute.Tensor;

/**
 * Where pruned blocks go, and what makes a run resumable. Calls come in order: for each block {@link #write} for its
 * pruned tensors, then {@link #blockDone}.
 */
public interface PruneSink {

    /** Takes a pruned weight; its bytes are read before the call returns. */
    void write(String name, Tensor weight);

    /**
     * A block is finished: what it needs to go on after a kill is made durable.
     *
     * @param report what was done to it
     * @param hidden inputs of the next block, or null where the run keeps none
     */
    void blockDone(BlockReport report, Tensor hidden);

    /** Blocks that an earlier run finished, in order. */
    List<BlockReport> finishedBlocks();

    /** Fills the hidden states as they were after the last finished block; called only if there is one. */
    void restore(Tensor hidden);
}
