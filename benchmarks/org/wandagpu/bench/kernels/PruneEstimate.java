package org.wandagpu.bench.kernels;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.wandagpu.bench.kernels.CountingLauncher.Launched;
import org.wandagpu.compute.cuda.KernelRegisters;
import org.wandagpu.result.BenchResult.Row;
import org.wandagpu.simulator.Counters;
import org.wandagpu.simulator.Demand;
import org.wandagpu.simulator.GpuModel;
import org.wandagpu.simulator.Occupancy;
import org.wandagpu.simulator.Roofline;
import org.wandagpu.simulator.Roofline.Estimate;

/**
 * The time of a whole prune of LLaMA-7B with 128 samples of 2048 tokens, estimated: the sum of the estimates of all its
 * launches and of the copies that nothing hides. Files are not in it, nor is waiting of the host.
 */
final class PruneEstimate {

    private static final int SAMPLES = 128;
    private static final int BLOCKS = LayerShape.LLAMA_7B_BLOCKS;
    private static final int TILE_FEATURES = 256;
    /** Sequences of a chunk: as many as fit what a device of 108 to 132 multiprocessors wants at once. */
    private static final int CHUNK_SEQUENCES = 3;
    private static final int CHUNK_TOKENS = CHUNK_SEQUENCES * BlockStep.SEQLEN;
    /** Bytes a second between host and device: PCIe 4.0 x16, as copies of pinned memory reach it; public figures. */
    private static final double LINK = 25e9;
    /** Share of the nominal bandwidth that a copy inside the device reaches, as for kernels. */
    private static final double COPY_SHARE = 0.8;
    private static final double MILLIS = 1e3;

    private final GpuModel gpu;
    private final Estimator estimator;
    private final Consumer<String> arithmetic;

    PruneEstimate(GpuModel gpu, Consumer<String> arithmetic) {
        this.gpu = gpu;
        this.estimator = new Estimator(gpu);
        this.arithmetic = arithmetic;
    }

    /** One row a kind of work, then the sum; times are those of the whole prune. */
    List<Row> rows(String device, Consumer<Row> each) {
        List<Row> rows = new ArrayList<>();
        double chunks = (double) SAMPLES / CHUNK_SEQUENCES;
        double total = 0;
        double products = 0;
        for (BlockStep step : BlockStep.values()) {
            double seconds = seconds(step);
            // The last block is not propagated.
            double launches = chunks * (BLOCKS * step.inStatistics() + (BLOCKS - 1) * step.inPropagation());
            rows.add(row(device, step.title(), launches * seconds));
            each.accept(rows.getLast());
            total += launches * seconds;
            products += launches * operations(step);
        }
        double copies = chunks * BLOCKS * 2 * bytesOfChunk() / (COPY_SHARE * gpu.bandwidth());
        double select = 0;
        double weights = 0;
        for (LayerShape shape : LayerShape.LLAMA_7B) {
            select += BLOCKS * shape.count() * estimator.estimate(KernelCase.SELECT_ROWS, shape).stream()
                    .mapToDouble(launch -> launch.estimate().seconds()).sum();
            weights += 2.0 * shape.count() * shape.elements();
        }
        // The first block in and the last one out; all others while another block is worked on.
        double exposed = 2 * weights / LINK;
        rows.add(row(device, "copies of hidden states", copies));
        rows.add(row(device, "selection, rows 50 %", select));
        rows.add(row(device, "copies to and from the host", exposed));
        total += copies + select + exposed;
        double peak = gpu.multiprocessors() * gpu.clock() * 4 * 2 * 2048 / gpu.mmaCycles();
        rows.add(new Row("prune of llama-7b, 128 x 2048 f16", CHUNK_TOKENS + " tokens a chunk", "mma.sync's peak",
                device, "s", total, total, total, products / peak / total, true));
        rows.subList(rows.size() - 4, rows.size()).forEach(each);
        return rows;
    }

    private Row row(String device, String title, double seconds) {
        return new Row(title, "llama-7b, 128 x 2048", "-", device, "s", seconds, seconds, seconds, 1, true);
    }

    private static double bytesOfChunk() {
        return 2.0 * CHUNK_TOKENS * BlockStep.HIDDEN;
    }

    /** Floating-point operations of a launch that tensor units do. */
    private static double operations(BlockStep step) {
        double tokens = CHUNK_TOKENS;
        return switch (step) {
            case SQUARE_PRODUCT -> 2 * tokens * BlockStep.HIDDEN * BlockStep.HIDDEN;
            case WIDENING_PRODUCT, NARROWING_PRODUCT -> 2 * tokens * BlockStep.HIDDEN * BlockStep.INNER;
            case ATTENTION -> 2 * tokens * BlockStep.SEQLEN * BlockStep.HIDDEN; // causal: half of both products
            default -> 0;
        };
    }

    private double seconds(BlockStep step) {
        int unit = switch (step.share()) {
            case OF_A_MULTIPROCESSOR -> Math.ceilDiv(CHUNK_TOKENS, gpu.multiprocessors());
            case FEATURE_TILE -> TILE_FEATURES;
            case HEAD -> 1;
            case SEQUENCE -> BlockStep.SEQLEN;
        };
        double units = switch (step) {
            case SQUARE_PRODUCT, NARROWING_PRODUCT -> BlockStep.HIDDEN;
            case WIDENING_PRODUCT -> BlockStep.INNER;
            case ATTENTION -> CHUNK_SEQUENCES * BlockStep.HEADS;
            default -> CHUNK_TOKENS;
        };
        double groups = step.share() == BlockStep.Share.FEATURE_TILE
                ? (double) CHUNK_TOKENS / BlockStep.GROUP_TOKENS : 1;
        List<Launched> one = run(step, unit, 1);
        List<Launched> two = run(step, 2 * unit, 2);
        double seconds = 0;
        for (int i = 0; i < one.size(); i++) {
            Counters counters = one.get(i).counters();
            Demand demand = estimator.demand(one.get(i)).extrapolated(estimator.demand(two.get(i)), units / unit)
                    .times(groups);
            Estimate estimate = Roofline.estimate(gpu, demand, new Occupancy(
                    KernelRegisters.of(one.get(i).entry(), gpu.target()), counters.blockThreads(), counters.sharedBytes()));
            arithmetic.accept(Arithmetic.of(new Estimator.Launch(one.get(i).entry(), estimate), gpu,
                    new LayerShape(CHUNK_TOKENS, BlockStep.HIDDEN, 0)));
            seconds += estimate.seconds();
        }
        arithmetic.accept(String.format(Locale.ROOT, "  %s: %.3f ms a launch%n", step.title(), seconds * MILLIS));
        return seconds;
    }

    private static List<Launched> run(BlockStep step, int units, int multiprocessors) {
        CountingLauncher launcher = new CountingLauncher(multiprocessors);
        step.launch(new BlockStep.Made(launcher), units);
        return launcher.launches();
    }
}
