package org.wandagpu.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** What the probe says, one sentence for each way in which there is no GPU to use. */
class CudaProbeTest {

    private static final int NO_DEVICE = 100;

    /** A driver as it might be found. */
    private record Driver(int start, int version, int deviceCount, int capability) implements DriverLibrary {
        @Override
        public String name(int device) {
            return "Some GPU";
        }

        @Override
        public int capabilityMajor(int device) {
            return capability / 10;
        }

        @Override
        public int capabilityMinor(int device) {
            return capability % 10;
        }

        @Override
        public long memoryBytes(int device) {
            return 3L << 30;
        }

        @Override
        public void close() {
            // holds nothing
        }
    }

    private static List<CudaProbe.Finding> probe(int start, int version, int devices, int capability) {
        return CudaProbe.findings(() -> new Driver(start, version, devices, capability));
    }

    @Test
    void everyDeviceIsNamed() {
        assertThat(probe(0, 12_040, 2, 90)).containsExactly(
                new CudaProbe.Finding("cuda", true, "NVIDIA driver for CUDA 12.4"),
                new CudaProbe.Finding("cuda:0", true, "Some GPU, sm_90, 3072 MiB of memory"),
                new CudaProbe.Finding("cuda:1", true, "Some GPU, sm_90, 3072 MiB of memory"));
    }

    @Test
    void whatDoesNotDoIsSaidInASentence() {
        assertThat(probe(NO_DEVICE, 12_040, 0, 0)).containsExactly(
                new CudaProbe.Finding("cuda", false, "the NVIDIA driver finds no GPU"));
        assertThat(probe(0, 12_040, 0, 0)).containsExactly(
                new CudaProbe.Finding("cuda", false, "NVIDIA driver for CUDA 12.4 shows no GPU"));
        assertThat(probe(803, 12_040, 1, 80)).containsExactly(
                new CudaProbe.Finding("cuda", false, "the NVIDIA driver does not start: CUDA error 803"));
        assertThat(probe(0, 11_070, 1, 80)).containsExactly(new CudaProbe.Finding("cuda", false,
                "NVIDIA driver for CUDA 11.7 is too old: the kernels need 520 or newer (CUDA 11.8)"));
        assertThat(probe(0, 11_080, 1, 75)).last().isEqualTo(new CudaProbe.Finding("cuda:0", false,
                "Some GPU, sm_75, 3072 MiB of memory: too old, the kernels need sm_80 (Ampere) or newer"));
    }

    @Test
    void aMissingLibraryIsAFindingToo() {
        assertThat(CudaProbe.findings(() -> new NativeDriverLibrary("libcuda-of-nobody.so.1"))).containsExactly(
                new CudaProbe.Finding("cuda", false, "no NVIDIA driver (libcuda.so.1)"));
    }

    /** A library that is there but no driver. */
    @Test
    void aLibraryWithoutTheCallsIsAFindingToo() {
        assertThat(CudaProbe.findings(() -> new NativeDriverLibrary("libm.so.6"))).containsExactly(
                new CudaProbe.Finding("cuda", false, "the NVIDIA driver has no cuInit"));
    }
}
