package org.wandagpu.cuda.jcuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wandagpu.cuda.MadeLibrary;

/** The calls that reach the driver, seen by a driver made for it: handles, addresses, arguments and errors. */
class JCudaCallsTest {

    private static final Path SOURCE = Path.of("src/test/resources/cuda/libcuda.c");

    @TempDir
    private Path folder;

    @BeforeEach
    void makeTheDriver() throws IOException, InterruptedException {
        MadeLibrary.compile(SOURCE, folder.resolve("libcuda.so.1"));
    }

    private String run(String failure, String mainClass, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-modules", "jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED",
                "-cp", System.getProperty("java.class.path"), mainClass));
        command.addAll(Arrays.asList(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD);
        builder.environment().put("LD_LIBRARY_PATH", folder.toString());
        builder.environment().put("FAKE_CUDA_LOG", folder.resolve("log").toString());
        builder.environment().put("FAKE_CUDA_FAIL", failure);
        Process process = builder.start();
        String out = new String(process.getInputStream().readAllBytes());
        process.waitFor();
        return out;
    }

    private String session(String failure, String ptx) throws IOException, InterruptedException {
        return run(failure, JCudaSession.class.getName(), ptx);
    }

    @Test
    void everyCallReachesTheDriverAsItIsMeant() throws IOException, InterruptedException {
        assertThat(session("", "some PTX").lines()).containsExactly(
                "2 devices",
                "Fake GPU 40, 5368709120 bytes, driver 12.4, 84 processors",
                "shared 101, local 103",
                "kernel saw 1099511627776 -3 0.25, then 9",
                "copied 1099511627776",
                "1.5 ms");
        assertThat(Files.readAllLines(folder.resolve("log"))).containsSubsequence(
                "cuInit 0",
                "cuDevicePrimaryCtxRetain 40",
                "cuCtxSetCurrent 0x1000",
                "cuStreamCreate 1",
                "cuModuleLoadDataEx some PTX",
                "cuMemAlloc 64",
                "cuMemAllocHost 64",
                "cuModuleGetFunction 0x2000 arguments",
                "cuFuncGetAttribute 1 0x3000",
                "cuFuncGetAttribute 3 0x3000",
                "cuEventRecord 0x5000 0x4000",
                "cuMemsetD8Async 9 64 0x4000",
                "cuFuncSetAttribute 0x3000 8 50000",
                "cuLaunchKernel 0x3000 5,6,7 96,1,1 50000 0x4000",
                "cuMemcpyDtoHAsync 64 0x4000",
                "cuStreamSynchronize 0x4000",
                "cuMemcpyHtoDAsync 8 0x4000",
                "cuMemcpyDtoDAsync 8 0x4000",
                "cuEventSynchronize 0x5000",
                "cuEventElapsedTime 0x5000 0x5000",
                "cuCtxSetCurrent 0x1000",
                "cuMemAlloc 8",
                "cuMemFree",
                "cuEventDestroy 0x5000",
                "cuEventDestroy 0x5000",
                "cuMemFreeHost",
                "cuMemFree",
                "cuModuleUnload 0x2000",
                "cuStreamDestroy 0x4000",
                "cuDevicePrimaryCtxRelease 40");
    }

    @Test
    void aFailureSaysWhichCallAndWhy() throws IOException, InterruptedException {
        assertThat(session("cuMemAlloc=2", "some PTX")).contains("OutOfDeviceMemoryException: cuMemAlloc of 64 bytes "
                + "failed with CUDA_ERROR_OUT_OF_MEMORY: ");
        assertThat(session("cuStreamSynchronize=700", "some PTX")).contains(
                "DeviceException: cuStreamSynchronize failed with CUDA_ERROR_ILLEGAL_ADDRESS: ");
        assertThat(session("cuInit=100", "some PTX")).contains(
                "DeviceException: cuInit failed with CUDA_ERROR_NO_DEVICE: ");
    }

    @Test
    void refusedPtxComesWithTheCompilersComplaint() throws IOException, InterruptedException {
        assertThat(session("", "bad PTX")).contains("DeviceException: cuModuleLoadDataEx of test.ptx "
                + "(ptxas fatal : planted complaint) failed with CUDA_ERROR_INVALID_PTX: ");
        assertThat(Files.readAllLines(folder.resolve("log"))).endsWith("cuDevicePrimaryCtxRelease 40")
                .contains("cuStreamDestroy 0x4000");
    }

    @Test
    void theProgramFindsTheDriver() throws IOException, InterruptedException {
        String found = run("", "org.wandagpu.cli.Main", "devices");
        assertThat(found.lines().map(line -> line.replaceAll(" +", " "))).contains(
                "cuda yes NVIDIA driver for CUDA 12.4",
                "cuda:0 yes Fake GPU 40, sm_86, 5120 MiB of memory",
                "cuda:1 no Fake GPU 41, sm_76, 5120 MiB of memory: too old, the kernels need sm_80 (Ampere) or newer");
    }
}
