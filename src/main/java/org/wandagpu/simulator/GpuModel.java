package org.wandagpu.simulator;

import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Widths of a GPU that a roofline needs.
 *
 * @param bandwidth of device memory, bytes a second
 * @param l2Bandwidth bytes a second
 * @param l2Bytes size of the second-level cache
 * @param clock hertz under load
 * @param target what the PTX compiler calls it
 * @param mmaCycles cycles of one mma.m16n8k16 of 16-bit inputs on one of an SM's four tensor units
 */
public record GpuModel(String name, String target, int multiprocessors, double clock, double bandwidth, double l2Bandwidth,
        long l2Bytes, int sharedBytes, double mmaCycles) {

    /** A100 SXM, 80 GB. */
    public static final GpuModel A100 =
            new GpuModel("A100", "sm_80", 108, 1.41e9, 1.94e12, 4.5e12, 40L << 20, 164 << 10, 8);
    /** H100 SXM. Through mma.sync its tensor units reach little over 60 % of their width. */
    public static final GpuModel H100 =
            new GpuModel("H100", "sm_90a", 132, 1.70e9, 3.35e12, 6e12, 50L << 20, 228 << 10, 6.5);

    /** The model of that name, in lower case; nothing if there is none. */
    public static Optional<GpuModel> named(String name) {
        return Stream.of(A100, H100).filter(model -> model.name().toLowerCase(Locale.ROOT).equals(name)).findFirst();
    }
}
