package org.wandagpu.simulator;

/** membar and fence, and the fence that releasing accesses have in themselves. */
final class Fences {

    private Fences() {
    }

    static Operation fence(Statement s) {
        if (s.has("proxy")) {
            return (warp, active) -> { };
        }
        boolean wide = !s.has("cta");
        return (warp, active) -> warp.clock.fence(wide);
    }

    /** An access with {@code .release} or {@code .acq_rel} as a fence before the access. */
    static Operation releasing(Statement s, Operation access) {
        if (!s.has("release") && !s.has("acq_rel")) {
            return access;
        }
        Operation fence = fence(s);
        return (warp, active) -> {
            fence.run(warp, active);
            access.run(warp, active);
        };
    }
}
