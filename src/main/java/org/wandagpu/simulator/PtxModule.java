package org.wandagpu.simulator;

import java.util.HashMap;
import java.util.Map;
import org.wandagpu.failure.BadInputException;

/** A loaded PTX text: its kernels by name, and its global variables placed in device memory. */
public final class PtxModule {

    private final PtxSource source;
    private final Map<String, PtxKernel> linked = new HashMap<>();

    PtxModule(PtxSource source) {
        this.source = source;
    }

    /** Names of the entries, as the PTX has them. */
    public Iterable<String> kernels() {
        return source.entries().keySet();
    }

    /** Device address of a {@code .global} or {@code .const} variable. */
    public long global(String variable) {
        return source.variables().get(variable);
    }

    /** @throws BadInputException if there is no such kernel, or its text cannot be read */
    PtxKernel kernel(String kernel) {
        if (!source.entries().containsKey(kernel)) {
            throw new BadInputException("%s: no kernel %s; there are %s".formatted(source.file(), kernel,
                    source.entries().keySet()));
        }
        return linked.computeIfAbsent(kernel, name -> Linker.link(source, name));
    }
}
