package org.wandagpu.cuda;

import java.util.HashMap;
import java.util.Map;

/** A loaded PTX text. */
public final class KernelModule extends Handle {

    /** Dynamic shared memory that every kernel may have. */
    private static final int UNASKED_SHARED_BYTES = 48 << 10;

    private final String name;
    private final long module;
    private final Map<String, Long> functions = new HashMap<>();
    private final Map<String, Integer> dynamicSharedBytes = new HashMap<>();

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

    /** The driver's handle of a kernel that may be launched with so much dynamic shared memory. */
    long function(String entry, int sharedBytes) {
        long function = function(entry);
        if (sharedBytes > dynamicSharedBytes.getOrDefault(entry, UNASKED_SHARED_BYTES)) {
            driver().allowDynamicSharedBytes(function, sharedBytes);
            dynamicSharedBytes.put(entry, sharedBytes);
        }
        return function;
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
