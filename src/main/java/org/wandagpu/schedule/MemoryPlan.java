package org.wandagpu.schedule;

import java.util.Locale;
import org.wandagpu.compute.Device;
import org.wandagpu.failure.DeviceException;
import org.wandagpu.model.DecoderModel;

/**
 * The bytes a prune needs at its peak, computed before it starts; none of them grows with the number of blocks.
 *
 * @param activations hidden states of all calibration samples
 * @param weights the resident and the prefetched block
 * @param workspace tensors of one chunk, and the statistics of one block
 * @param runtime Java itself, scratch memory of the threads, file buffers
 */
public record MemoryPlan(long activations, long weights, long workspace, long runtime) {

    /** What the Java runtime and the threads' scratch memory take, measured; an allowance. */
    private static final long RUNTIME_BYTES = 250L << 20;

    /**
     * Plans a prune.
     *
     * @param nsamples calibration samples, 0 for a method without statistics
     */
    public static MemoryPlan of(Device device, DecoderModel model, int nsamples, int seqlen) {
        long largest = 0;
        for (int block = 0; block < model.spec().blocks(); block++) {
            largest = Math.max(largest, model.blockBytes(block));
        }
        if (nsamples == 0) {
            return new MemoryPlan(0, 2 * largest, 0, RUNTIME_BYTES);
        }
        long perToken = (long) model.activations(device).bytes() * model.spec().hiddenSize();
        int chunkTokens = Sequences.sequencesOfAChunk(device, seqlen, nsamples) * seqlen;
        long workspace = ChunkWorkspace.bytes(device, model, chunkTokens, seqlen)
                + InputStatistics.bytes(model);
        return new MemoryPlan(perToken * nsamples * seqlen, 2 * largest, workspace, RUNTIME_BYTES);
    }

    /** Sum of all parts. */
    public long total() {
        return activations + weights + workspace + runtime;
    }

    /**
     * Refuses a plan that does not fit.
     *
     * @throws DeviceException naming the flags that would make it fit
     */
    public void check(long memoryBytes) {
        if (total() > memoryBytes) {
            throw new DeviceException("this run needs " + megabytes(total()) + " of memory and the device has "
                    + megabytes(memoryBytes) + ": activations " + megabytes(activations) + ", two blocks "
                    + megabytes(weights) + ", workspace " + megabytes(workspace) + "; lower --nsamples or --seqlen");
        }
    }

    /** A table of the parts. */
    public String describe() {
        return "  activations of all samples  " + megabytes(activations) + "\n"
                + "  two decoder blocks          " + megabytes(weights) + "\n"
                + "  workspace of a chunk        " + megabytes(workspace) + "\n"
                + "  Java and scratch memory     " + megabytes(runtime) + "\n"
                + "  total                       " + megabytes(total());
    }

    private static String megabytes(long bytes) {
        return String.format(Locale.ROOT, "%,.1f MB", bytes / 1e6);
    }
}
