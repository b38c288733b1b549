package org.wandagpu.bench.kernels;

import java.util.Locale;
import org.wandagpu.simulator.Demand;
import org.wandagpu.simulator.GpuModel;
import org.wandagpu.simulator.Roofline.Estimate;

/** Writes an estimate's terms out, so that they can be worked out again by hand. */
final class Arithmetic {

    private static final double MICROS = 1e6;

    private Arithmetic() {
    }

    /** One line for each term, with the counter that it comes from. */
    static String of(Estimator.Launch launch, GpuModel gpu, LayerShape shape) {
        Estimate e = launch.estimate();
        Demand d = e.demand();
        double clock = gpu.clock() / 1e9;
        int processors = gpu.multiprocessors();
        return String.format(Locale.ROOT, """
                  %s
                    memory  %8.2f us = %.3f MB / (0.92 x %.2f TB/s)
                    L2      %8.2f us = %.3f MB / %.1f TB/s
                    shared  %8.2f us = %.4f M cycles / (%d x %.2f GHz)
                    issue   %8.2f us = %.4f M slots (%.2f a lane and element) / (4 x %d x %.2f GHz)
                    tensor  %8.2f us
                    launch  %8.2f us = slowest (%s) x evenness %.3f / share reached %.2f + 3 us;\
                 %.0f blocks, %d resident on a processor
                """, launch.entry(),
                e.memory() * MICROS, d.dramBytes() / 1e6, gpu.bandwidth() / 1e12,
                e.cache() * MICROS, d.cacheBytes() / 1e6, gpu.l2Bandwidth() / 1e12,
                e.shared() * MICROS, d.sharedCycles() / 1e6, processors, clock,
                e.issue() * MICROS, d.issueSlots() / 1e6, d.issueSlots() * 32 / shape.elements(), processors, clock,
                e.tensor() * MICROS,
                e.seconds() * MICROS, e.bound().name().toLowerCase(Locale.ROOT), e.evenness(), e.reached(), d.blocks(),
                e.residentBlocks());
    }
}
