package org.wandagpu.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The PTX that ships is what its sources give. */
class KernelSourcesTest {

    private static final String COMPILER = "release 13.0";

    @TempDir
    private Path output;

    @Test
    void everySourceHasItsPtxForOldDrivers() throws IOException {
        List<String> sources = names(KernelResources.KERNELS, ".cu");
        assertThat(sources).isNotEmpty().isEqualTo(names(KernelResources.KERNELS, ".ptx"));
        for (String name : sources) {
            assertThat(Files.readAllLines(KernelResources.KERNELS.resolve(name + ".ptx"))).as(name)
                    .startsWith(".version 7.8", ".target sm_80");
        }
    }

    @Test
    void theCompilerGivesWhatIsCommitted() throws IOException, InterruptedException {
        assumeTrue(compilerRelease().contains(COMPILER), "needs nvcc, " + COMPILER);
        Process build = new ProcessBuilder("bash", KernelResources.KERNELS.resolve("build.sh").toString(), output.toString())
                .redirectErrorStream(true).start();
        String log = new String(build.getInputStream().readAllBytes());
        assertThat(build.waitFor()).as(log).isZero();
        for (String name : names(KernelResources.KERNELS, ".ptx")) {
            assertThat(output.resolve(name + ".ptx")).hasSameTextualContentAs(KernelResources.KERNELS.resolve(name + ".ptx"));
        }
    }

    private static String compilerRelease() throws IOException {
        boolean installed = Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, "nvcc")));
        if (!installed) {
            return "";
        }
        Process version = new ProcessBuilder("nvcc", "--version").start();
        return new String(version.getInputStream().readAllBytes());
    }

    private static List<String> names(Path folder, String ending) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(ending))
                    .map(name -> name.substring(0, name.length() - ending.length()))
                    .sorted().toList();
        }
    }
}
