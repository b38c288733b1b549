package org.wandagpu.cuda;

import java.util.HashMap;
import java.util.Map;

/** A loaded PTX text. */
public final class KernelModule extends Handle {

    private final String name;
    private final long module;
    private final Map<String, Long> functions = new HashMap<>();

    KernelModule(Gpu gpu, String name, long module) {
        super(gpu);
        this.name = name;
        this.module = module;
    }

    /** The driver's handle of a kernel. */
    long function(String entry) {
        Driver driver = driver();
        return functions.computeIfAbsent(entry, missing -> driver.function(module, missing));
    }

    public int attribute(String entry, FunctionAttribute attribute) {
        return driver().attribute(function(entry), attribute);
    }

    @Override
    void giveBack(Driver driver) {
        driver.unloadModule(module);
    }

    @Override
    public String toString() {
        return "module " + name;
    }
}
