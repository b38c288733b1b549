package org.wandagpu.simulator;

import java.util.Map;
import org.wandagpu.failure.BadInputException;

/** A loaded PTX text: its kernels by name, and its global variables placed in device memory. */
public final class PtxModule {

    private final String name;
    private final Map<String, PtxKernel> kernels;
    private final Map<String, Long> globals;

    PtxModule(String name, Map<String, PtxKernel> kernels, Map<String, Long> globals) {
        this.name = name;
        this.kernels = kernels;
        this.globals = globals;
    }

    /** Names of the entries, as the PTX has them. */
    public Iterable<String> kernels() {
        return kernels.keySet();
    }

    /** Device address of a {@code .global} or {@code .const} variable. */
    public long global(String variable) {
        return globals.get(variable);
    }

    PtxKernel kernel(String kernel) {
        PtxKernel found = kernels.get(kernel);
        if (found == null) {
            throw new BadInputException("%s: no kernel %s; there are %s".formatted(name, kernel, kernels.keySet()));
        }
        return found;
    }
}
