package org.wandagpu.cuda.jcuda;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Lets JCuda unpack its native libraries into a folder of this process. By itself it takes a file of a fixed name in the
 * common temporary folder, whoever wrote it and however broken.
 */
final class NativeLibraries {

    private static final String TEMPORARY_FOLDER = "java.io.tmpdir";

    private NativeLibraries() {
    }

    /**
     * Runs what loads a library for the first time.
     *
     * @throws UnsatisfiedLinkError if the library, or one that it needs, is not there
     */
    static synchronized void unpackPrivately(Runnable firstTouch) {
        String common = System.getProperty(TEMPORARY_FOLDER);
        try {
            Path own = Files.createTempDirectory("wanda-gpu-natives");
            System.setProperty(TEMPORARY_FOLDER, own.toString());
            try {
                firstTouch.run();
            } finally {
                System.setProperty(TEMPORARY_FOLDER, common);
                delete(own);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A library stays usable when its file is gone. */
    private static void delete(Path folder) throws IOException {
        for (File file : folder.toFile().listFiles()) {
            Files.delete(file.toPath());
        }
        Files.delete(folder);
    }
}
