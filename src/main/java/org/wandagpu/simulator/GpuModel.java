package org.wandagpu.simulator;

/**
 * Widths of a GPU that a roofline needs.
 *
 * @param bandwidth of device memory, bytes a second
 * @param l2Bandwidth bytes a second
 * @param l2Bytes size of the second-level cache
 * @param clock hertz under load
 * @param mmaCycles cycles of one mma.m16n8k16 of 16-bit inputs on one of an SM's four tensor units
 */
public record GpuModel(String name, int multiprocessors, double clock, double bandwidth, double l2Bandwidth,
        long l2Bytes, int sharedBytes, double mmaCycles) {

    /** A100 SXM, 80 GB. */
    public static final GpuModel A100 =
            new GpuModel("A100", 108, 1.41e9, 1.94e12, 4.5e12, 40L << 20, 164 << 10, 8);
    /** H100 SXM. Through mma.sync its tensor units reach little over 60 % of their width. */
    public static final GpuModel H100 =
            new GpuModel("H100", 132, 1.70e9, 3.35e12, 6e12, 50L << 20, 228 << 10, 6.5);
}
