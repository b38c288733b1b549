package org.wandagpu.bench.kernels;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.wandagpu.compute.cuda.KernelRuntime;
import org.wandagpu.device.Devices;
import org.wandagpu.failure.UsageException;
import org.wandagpu.result.BenchResult.Row;
import org.wandagpu.simulator.GpuModel;

/**
 * Times the CUDA kernels at the shapes of LLaMA-7B's linear layers. A row's ratio is the time that its bytes take at the
 * GPU's full bandwidth over its own: the share of the bandwidth.
 */
public final class KernelBench {

    private static final String BASELINE = "bandwidth";
    private static final String UNIT = "ms";
    private static final String SIMULATED = "sim:";
    private static final String GPU = "cuda";
    /** The sum of a whole prune; minutes, and only an estimate, so only when it is asked for by name. */
    private static final String PRUNE = "prune";
    private static final double MILLIS = 1e3;

    private final List<String> groups;
    private final List<LayerShape> shapes;

    /**
     * @param groups of {@link #groups}; empty for all
     * @param shapes rows x columns; empty for each kernel's own
     * @throws UsageException if there is no such group or shape
     */
    public KernelBench(List<String> groups, List<String> shapes) {
        groups.stream().filter(group -> !groups().contains(group)).findFirst().ifPresent(group -> {
            throw new UsageException("no benchmark group '" + group + "' of CUDA kernels: there are "
                    + String.join(", ", groups()));
        });
        this.groups = groups.isEmpty() ? KernelCase.groups() : groups;
        this.shapes = shapes.stream().map(LayerShape::parse).toList();
    }

    /** The names of all groups, in order. */
    public static List<String> groups() {
        return Stream.concat(KernelCase.groups().stream(), Stream.of(PRUNE)).toList();
    }

    /**
     * Measures on a GPU, or estimates one by the simulator; an estimate is no measurement, and its row says so.
     *
     * @param device {@code cuda}, {@code cuda:N}, {@code sim:a100} or {@code sim:h100}
     * @param each gets each row as soon as it is there
     * @param arithmetic gets the terms of each estimate before its row
     */
    public List<Row> run(String device, Consumer<Row> each, Consumer<String> arithmetic) {
        if (device.startsWith(GPU)) {
            if (groups.contains(PRUNE)) {
                throw new UsageException("bench prune is an estimate by the simulator: give --device sim:a100 or sim:h100");
            }
            try (KernelRuntime runtime = Devices.openKernels(device)) {
                GpuTimer timer = new GpuTimer(runtime);
                List<Row> rows = new ArrayList<>(run(device, runtime.gpu().memoryBandwidth(), false, each,
                        (kernel, shape) -> timer.milliseconds(shape, operands -> kernel.launch(runtime, operands))));
                rows.addAll(besidePeer(runtime, rows, each));
                return rows;
            }
        }
        GpuModel gpu = GpuModel.named(device.replace(SIMULATED, "")).orElseThrow(() ->
                new UsageException("--device " + device + ": the simulator estimates sim:a100 and sim:h100"));
        Estimator estimator = new Estimator(gpu);
        List<Row> rows = new ArrayList<>(run(device, gpu.bandwidth(), true, each, (kernel, shape) -> {
            List<Estimator.Launch> launches = estimator.estimate(kernel, shape);
            launches.forEach(launch -> arithmetic.accept(Arithmetic.of(launch, gpu, shape)));
            return new double[] {
                launches.stream().mapToDouble(launch -> launch.estimate().seconds()).sum() * MILLIS};
        }));
        if (groups.contains(PRUNE)) {
            rows.addAll(new PruneEstimate(gpu, arithmetic).rows(device, each));
        }
        return rows;
    }

    /** Our compression, as measured, beside cuSPARSELt's where that is installed. */
    private List<Row> besidePeer(KernelRuntime runtime, List<Row> measured, Consumer<Row> each) {
        List<Row> rows = new ArrayList<>();
        for (LayerShape shape : shapes.isEmpty() ? KernelCase.COMPRESS.shapes() : shapes) {
            for (Row ours : measured) {
                if (ours.name().equals(KernelCase.COMPRESS.title()) && ours.shape().equals(shape.toString())) {
                    CuSparseLtPeer.milliseconds(runtime, shape).ifPresent(peer -> {
                        Arrays.sort(peer);
                        rows.add(new Row(ours.name(), ours.shape(), CuSparseLtPeer.NAME, ours.candidate(), UNIT, ours.median(),
                                ours.low(), ours.high(), peer[peer.length / 2] / ours.median(), false));
                        each.accept(rows.getLast());
                    });
                }
            }
        }
        return rows;
    }

    private List<Row> run(String candidate, double bandwidth, boolean estimated, Consumer<Row> each,
            BiFunction<KernelCase, LayerShape, double[]> timer) {
        List<Row> rows = new ArrayList<>();
        for (KernelCase kernel : KernelCase.values()) {
            if (!groups.contains(kernel.group())) {
                continue;
            }
            double[] sum = new double[3];
            double bytes = 0;
            for (LayerShape shape : shapes.isEmpty() ? kernel.shapes() : shapes) {
                double[] times = timer.apply(kernel, shape);
                Arrays.sort(times);
                double[] figures = {times[times.length / 2], times[0], times[times.length - 1]};
                rows.add(row(kernel, shape.toString(), candidate, figures, kernel.bytes(shape) / bandwidth, estimated));
                each.accept(rows.getLast());
                int count = shape.count() * LayerShape.LLAMA_7B_BLOCKS;
                Arrays.setAll(sum, i -> sum[i] + count * figures[i]);
                bytes += count * kernel.bytes(shape);
            }
            if (bytes > 0) {
                rows.add(row(kernel, "llama-7b, 32 blocks", candidate, sum, bytes / bandwidth, estimated));
                each.accept(rows.getLast());
            }
        }
        return rows;
    }

    private static Row row(KernelCase kernel, String shape, String candidate, double[] figures, double idealSeconds,
            boolean estimated) {
        return new Row(kernel.title(), shape, BASELINE, candidate, UNIT, figures[0], figures[1], figures[2],
                idealSeconds * MILLIS / figures[0], estimated);
    }
}
