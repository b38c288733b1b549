package org.wandagpu.compute.cuda;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** The PTX in the jar: what nvcc made of {@code kernels/NAME.cu}. */
public final class ShippedKernels {

    private ShippedKernels() {
    }

    /** The text of {@code NAME.ptx}. */
    public static String ptx(String name) {
        return text(name + ".ptx");
    }

    static String text(String file) {
        try (InputStream in = ShippedKernels.class.getResourceAsStream("/kernels/" + file)) {
            if (in == null) {
                throw new IllegalArgumentException("no kernel file " + file);
            }
            return new String(in.readAllBytes(), StandardCharsets.US_ASCII);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
