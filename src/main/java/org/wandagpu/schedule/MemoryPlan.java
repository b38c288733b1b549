package org.wandagpu.schedule;

import java.util.Locale;
import org.wandagpu.compute.Device;
import org.wandagpu.failure.DeviceException;
import org.wandagpu.model.DecoderModel;
import org.wandagpu.model.LinearRole;

/**
 * The bytes a prune needs at its peak, computed before it starts; none of them grows with the number of blocks.
 *
 * @param activations hidden states of all calibration samples; 0 where the host keeps them
 * @param weights the resident block, and the one that is read or written beside it
 * @param workspace tensors of one chunk, the statistics of one block, and what operations take for themselves
 * @param runtime Java itself and what its threads take, or a GPU's context
 * @param hostActivations hidden states of all calibration samples in host memory, for a device that is too small for
 *     them; not part of the total, which is the device's
 */
public record MemoryPlan(long activations, long weights, long workspace, long runtime, long hostActivations) {

    /**
     * Plans a prune. The hidden states stay on the device if it has room for them.
     *
     * @param nsamples calibration samples, 0 for a method without statistics
     */
    public static MemoryPlan of(Device device, DecoderModel model, int nsamples, int seqlen) {
        long largest = 0;
        for (int block = 0; block < model.spec().blocks(); block++) {
            largest = Math.max(largest, model.blockBytes(device, block));
        }
        if (nsamples == 0) {
            return new MemoryPlan(0, 2 * largest, 0, device.runtimeBytes(), 0);
        }
        long perToken = (long) model.activations(device).bytes() * model.spec().hiddenSize();
        long states = perToken * nsamples * seqlen;
        int sequences = Sequences.sequencesOfAChunk(device, seqlen, nsamples);
        int chunkTokens = sequences * seqlen;
        long workspace = model.workspaceBytes(device, chunkTokens, seqlen) + InputStatistics.bytes(model)
                + scratchBytes(device, model, sequences, seqlen);
        MemoryPlan onDevice = new MemoryPlan(states, 2 * largest,
                workspace + DeviceStates.CHUNKS * chunkTokens * perToken, device.runtimeBytes(), 0);
        return device.sharesHostMemory() || onDevice.total() <= device.memoryBytes()
                ? onDevice
                : new MemoryPlan(0, 2 * largest, workspace + HostStates.CHUNKS * chunkTokens * perToken,
                        device.runtimeBytes(), states);
    }

    /** Where the hidden states are. */
    Sequences.Place place() {
        return hostActivations > 0 ? HostStates::new : DeviceStates::new;
    }

    /** Bytes of the hidden states of all calibration samples. */
    public long hiddenStates() {
        return activations + hostActivations;
    }

    private static long scratchBytes(Device device, DecoderModel model, int sequences, int seqlen) {
        long widest = 0;
        long largest = 0;
        for (LinearRole role : model.linearOrder()) {
            long[] shape = model.linearShape(role);
            widest = Math.max(widest, shape[1]);
            largest = Math.max(largest, shape[0] * shape[1]);
        }
        return device.scratchBytes(sequences, seqlen, widest, model.weightType(), largest);
    }

    /** Sum of all parts on the device. */
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
        return (hostActivations > 0
                ? "  activations of all samples  in host memory, " + megabytes(hostActivations) + "\n"
                : "  activations of all samples  " + megabytes(activations) + "\n")
                + "  two decoder blocks          " + megabytes(weights) + "\n"
                + "  workspace of a chunk        " + megabytes(workspace) + "\n"
                + "  the runtime                 " + megabytes(runtime) + "\n"
                + "  total                       " + megabytes(total());
    }

    private static String megabytes(long bytes) {
        return String.format(Locale.ROOT, "%,.1f MB", bytes / 1e6);
    }
}
