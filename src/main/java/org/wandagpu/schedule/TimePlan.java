package org.wandagpu.schedule;

import java.util.Locale;
import org.wandagpu.compute.Device;
import org.wandagpu.compute.Tensor;
import org.wandagpu.model.DecoderModel;
import org.wandagpu.model.DecoderSpec;
import org.wandagpu.model.LinearRole;
import org.wandagpu.tensor.DType;

/**
 * The time of a prune, estimated before it starts: the arithmetic of its two passes over the speed of a matrix product
 * that is measured here and now. Reading, selection and writing are small beside it and are left out.
 *
 * @param operations floating-point operations of both passes, a multiply-add counting two
 * @param operationsPerSecond measured
 */
public record TimePlan(double operations, double operationsPerSecond) {

    private static final int PROBE_TOKENS = 256;
    /** Long enough for the compiler to have done its work. */
    private static final long PROBE_NANOS = 1_500_000_000;

    /**
     * Plans a prune.
     *
     * @param nsamples calibration samples, 0 for a method without statistics
     */
    public static TimePlan of(Device device, DecoderModel model, int nsamples, int seqlen) {
        return nsamples == 0
                ? new TimePlan(0, 1)
                : new TimePlan(operations(model, nsamples, seqlen),
                        measure(device, Math.clamp(model.spec().hiddenSize(), 512, 2048)));
    }

    private static double operations(DecoderModel model, int nsamples, int seqlen) {
        DecoderSpec spec = model.spec();
        double weights = 0;
        for (LinearRole role : model.linearOrder()) {
            weights += (double) model.linearShape(role)[0] * model.linearShape(role)[1];
        }
        double lastLinear = (double) spec.hiddenSize() * spec.mlp().intermediateSize();
        double tokens = (double) nsamples * seqlen;
        double attention = 2.0 * tokens * (seqlen + 1) * spec.attention().heads() * spec.attention().headDim();
        double statistics = 2 * tokens * (weights - lastLinear) + attention;
        double propagation = 2 * tokens * weights + attention;
        return spec.blocks() * statistics + (spec.blocks() - 1) * propagation;
    }

    /** Runs a product of about the model's width until it has been running long enough to trust. */
    private static double measure(Device device, int width) {
        DType activations = device.activationType(DType.F16);
        try (Tensor x = device.allocate(activations, PROBE_TOKENS, width);
                Tensor w = device.allocate(DType.F16, width, width);
                Tensor out = device.allocate(activations, PROBE_TOKENS, width)) {
            double best = 0;
            long begin = System.nanoTime();
            while (System.nanoTime() - begin < PROBE_NANOS) {
                long start = System.nanoTime();
                device.ops().linear(x, w, null, out);
                out.rows(0, 1).toFloats(); // waits for a device that works on its own
                best = Math.max(best, 2.0 * PROBE_TOKENS * width * width / (System.nanoTime() - start) * 1e9);
            }
            return best;
        }
    }

    /** Seconds of both passes. */
    public double seconds() {
        return operations / operationsPerSecond;
    }

    /** The estimate as lines of text. */
    public String describe() {
        if (operations == 0) {
            return "  no forward pass: as long as reading and writing the checkpoint takes";
        }
        return String.format(Locale.ROOT, "  %.3g T operations at %.3g G a second (measured now): about %s",
                operations / 1e12, operationsPerSecond / 1e9, duration(seconds()));
    }

    private static String duration(double seconds) {
        return seconds < 120 ? String.format(Locale.ROOT, "%.0f s", Math.ceil(seconds))
                : String.format(Locale.ROOT, "%d h %02d min", (long) seconds / 3600, (long) seconds % 3600 / 60);
    }
}
