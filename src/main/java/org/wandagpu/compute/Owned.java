package org.wandagpu.compute;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * One owner of several resources: {@link #close()} closes them in reverse order, all of them even when one fails, and
 * then throws the first failure with the others suppressed. Closing again does nothing.
 */
public final class Owned implements AutoCloseable {

    private final List<AutoCloseable> resources = new ArrayList<>();

    /**
     * Builds something out of resources; when building fails, the resources made so far are closed.
     *
     * @param build makes the result and gives each resource to the owner as soon as it exists
     */
    public static <T> T build(Function<Owned, T> build) {
        Owned owned = new Owned();
        boolean done = false;
        try {
            T result = build.apply(owned);
            done = true;
            return result;
        } finally {
            if (!done) {
                owned.close();
            }
        }
    }

    /** Takes a resource and gives it back. */
    public <T extends AutoCloseable> T add(T resource) {
        resources.add(resource);
        return resource;
    }

    @Override
    public void close() {
        RuntimeException failure = null;
        for (AutoCloseable resource : resources.reversed()) {
            try {
                resource.close();
            } catch (Exception e) {
                RuntimeException caught = e instanceof RuntimeException runtime ? runtime
                        : new IllegalStateException("closing failed: " + e.getMessage(), e);
                if (failure == null) {
                    failure = caught;
                } else {
                    failure.addSuppressed(caught);
                }
            }
        }
        resources.clear();
        if (failure != null) {
            throw failure;
        }
    }
}
