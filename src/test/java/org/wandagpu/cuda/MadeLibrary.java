package org.wandagpu.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Compiles a library that stands for one of NVIDIA's. */
public final class MadeLibrary {

    private MadeLibrary() {
    }

    /**
     * Compiles with gcc; the test is left out where there is none.
     *
     * @param target its file name is the library's name for whoever needs it
     * @return target
     */
    public static Path compile(Path source, Path target) throws IOException, InterruptedException {
        boolean compiler = Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .anyMatch(path -> Files.isExecutable(Path.of(path, "gcc")));
        assumeTrue(compiler, "needs gcc");
        Process gcc = new ProcessBuilder("gcc", "-Wall", "-Werror", "-O", "-shared", "-fPIC",
                "-Wl,-soname," + target.getFileName(), "-o", target.toString(), source.toString())
                .redirectErrorStream(true).start();
        String log = new String(gcc.getInputStream().readAllBytes());
        assertThat(gcc.waitFor()).as(log).isZero();
        return target;
    }
}
