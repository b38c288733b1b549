package org.wandagpu.cuda;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * Looks for GPUs that the shipped kernels run on, without loading anything but the NVIDIA driver, and never throws.
 */
public final class CudaProbe {

    /** CUDA 11.8 is the first that takes PTX 7.8, which the kernels are written in. */
    static final int OLDEST_API = 11_080;
    private static final String OLDEST_DRIVER = "520";
    private static final int OLDEST_MAJOR = 8;
    private static final int CUDA_ERROR_NO_DEVICE = 100;

    /**
     * What was found of one thing.
     *
     * @param what is meant, {@code cuda} for the driver, or {@code cuda:N}
     * @param usable whether it does for the kernels
     * @param detail what was found, or why it does not do
     */
    public record Finding(String what, boolean usable, String detail) {
    }

    private CudaProbe() {
    }

    /** The driver first, then every device that it shows. */
    public static List<Finding> findings() {
        return findings(() -> new NativeDriverLibrary(NativeDriverLibrary.FILE));
    }

    static List<Finding> findings(Supplier<DriverLibrary> driver) {
        List<Finding> found = new ArrayList<>();
        try (DriverLibrary library = driver.get()) {
            found.add(driverOf(library));
            for (int i = 0; found.getFirst().usable() && i < library.deviceCount(); i++) {
                found.add(deviceOf(library, i));
            }
        } catch (DriverLibrary.Missing e) {
            found.add(new Finding("cuda", false, e.getMessage()));
        }
        return found;
    }

    private static Finding driverOf(DriverLibrary library) {
        int status = library.start();
        if (status != 0) {
            return new Finding("cuda", false, status == CUDA_ERROR_NO_DEVICE
                    ? "the NVIDIA driver finds no GPU" : "the NVIDIA driver does not start: CUDA error " + status);
        }
        int version = library.version();
        String found = "NVIDIA driver for CUDA " + Gpu.version(version);
        if (version < OLDEST_API) {
            return new Finding("cuda", false, found + " is too old: the kernels need " + OLDEST_DRIVER
                    + " or newer (CUDA " + Gpu.version(OLDEST_API) + ")");
        }
        int devices = library.deviceCount();
        return new Finding("cuda", devices > 0, devices > 0 ? found : found + " shows no GPU");
    }

    private static Finding deviceOf(DriverLibrary library, int device) {
        int major = library.capabilityMajor(device);
        String found = "%s, sm_%d%d, %d MiB of memory".formatted(library.name(device), major,
                library.capabilityMinor(device), library.memoryBytes(device) >> 20);
        return major >= OLDEST_MAJOR ? new Finding("cuda:" + device, true, found)
                : new Finding("cuda:" + device, false, found + ": too old, the kernels need sm_80 (Ampere) or newer");
    }
}
