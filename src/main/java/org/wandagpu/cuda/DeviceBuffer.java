package org.wandagpu.cuda;

/** Memory of a GPU. */
public final class DeviceBuffer extends Handle {

    private final Gpu gpu;
    private final long address;
    private final long bytes;

    DeviceBuffer(Gpu gpu, long address, long bytes) {
        super(gpu);
        this.gpu = gpu;
        this.address = address;
        this.bytes = bytes;
    }

    /** Device address, a multiple of 256. */
    public long address() {
        checkOpen();
        return address;
    }

    public long bytes() {
        return bytes;
    }

    @Override
    void giveBack(Driver driver) {
        gpu.freed(bytes);
        driver.free(address);
    }

    @Override
    public String toString() {
        return "device memory of %d bytes at 0x%x".formatted(bytes, address);
    }
}
