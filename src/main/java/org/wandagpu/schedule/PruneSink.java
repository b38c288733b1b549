package org.wandagpu.schedule;

import java.util.List;
import org.wandagpu.compute.Tensor;

/**
 * Where pruned blocks go, and what makes a run resumable. Calls come in order: for each block {@link #write} for its
 * pruned tensors, then {@link #blockDone}; both by another thread than the one that works, and beside its work.
 */
public interface PruneSink {

    /** Takes a pruned weight, which nothing changes any more; its bytes are read before the call returns. */
    void write(String name, Tensor weight);

    /**
     * A block is finished: what it needs to go on after a kill is made durable.
     *
     * @param report what was done to it
     * @param hidden inputs of the next block, which stay as they are until this returns; null where the run keeps none
     */
    void blockDone(BlockReport report, HiddenStates hidden);

    /** Blocks that an earlier run finished, in order. */
    List<BlockReport> finishedBlocks();

    /** Fills the hidden states as they were after the last finished block; called only if there is one. */
    void restore(HiddenStates hidden);
}
