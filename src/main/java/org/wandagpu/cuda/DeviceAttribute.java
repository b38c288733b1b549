package org.wandagpu.cuda;

/** What a device tells of itself. */
public enum DeviceAttribute {

    COMPUTE_CAPABILITY_MAJOR,
    COMPUTE_CAPABILITY_MINOR,
    MULTIPROCESSORS,
    MEMORY_CLOCK_KHZ,
    MEMORY_BUS_BITS
}
