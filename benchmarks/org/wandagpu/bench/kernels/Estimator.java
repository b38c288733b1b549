package org.wandagpu.bench.kernels;

import java.util.ArrayList;
import java.util.List;
import org.wandagpu.bench.kernels.CountingLauncher.Launched;
import org.wandagpu.compute.cuda.KernelRegisters;
import org.wandagpu.simulator.Counters;
import org.wandagpu.simulator.Demand;
import org.wandagpu.simulator.GpuModel;
import org.wandagpu.simulator.Occupancy;
import org.wandagpu.simulator.Roofline;
import org.wandagpu.simulator.Roofline.Estimate;

/**
 * Estimates a kernel at a shape from what the simulator counts. A whole matrix would take minutes: the simulator runs the
 * rows that one multiprocessor gets, and those that two get, and every counter grows from there by as much a
 * multiprocessor. Rows are alike, so that is what the whole launch would have counted (a test compares).
 */
final class Estimator {

    private final GpuModel gpu;

    Estimator(GpuModel gpu) {
        this.gpu = gpu;
    }

    /** The estimate of one of a kernel's launches. */
    record Launch(String entry, Estimate estimate) {
    }

    List<Launch> estimate(KernelCase kernel, LayerShape shape) {
        int share = shareRows(kernel, shape);
        List<Launched> one = run(kernel, share, shape.columns(), 1);
        List<Launched> two = run(kernel, 2 * share, shape.columns(), 2);
        double shares = (double) shape.rows() / share;
        List<Launch> launches = new ArrayList<>();
        for (int i = 0; i < one.size(); i++) {
            Demand demand = demand(one.get(i)).extrapolated(demand(two.get(i)), shares);
            Counters counters = one.get(i).counters();
            Occupancy occupancy = new Occupancy(KernelRegisters.of(one.get(i).entry(), gpu.target()),
                    counters.blockThreads(), counters.sharedBytes());
            launches.add(new Launch(one.get(i).entry(), Roofline.estimate(gpu, demand, occupancy)));
        }
        return launches;
    }

    /** Rows of one multiprocessor, in whole units of the kernel. */
    private int shareRows(KernelCase kernel, LayerShape shape) {
        int unit = kernel.rowUnit();
        int wanted = Math.ceilDiv(Math.ceilDiv(shape.rows(), gpu.multiprocessors()), unit) * unit;
        return Math.min(wanted, Math.max(unit, shape.rows() / 2 / unit * unit));
    }

    Demand demand(Launched launched) {
        return Demand.of(launched.counters(), gpu.l2Bytes());
    }

    static List<Launched> run(KernelCase kernel, int rows, int columns, int multiprocessors) {
        CountingLauncher launcher = new CountingLauncher(multiprocessors);
        kernel.launch(launcher, Operands.make(rows, columns, Operands.weights(rows, columns), launcher));
        return launcher.launches();
    }
}
