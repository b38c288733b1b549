package org.wandagpu.schedule;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.wandagpu.compute.Device;
import org.wandagpu.compute.Ops;
import org.wandagpu.compute.Tensor;
import org.wandagpu.failure.WorkFailedException;
import org.wandagpu.model.BlockWeights;
import org.wandagpu.model.DecoderBlock.Call;
import org.wandagpu.model.DecoderModel;
import org.wandagpu.model.InputLayer;
import org.wandagpu.model.LinearRole;
import org.wandagpu.prune.LayerChoice;
import org.wandagpu.prune.PruningMethod;
import org.wandagpu.prune.SparsityTarget;

/**
 * Prunes a model block by block, in the order of reference-semantics §1: statistics of the dense block, selection of
 * all its linear layers, propagation through the pruned block. One block is resident and one is being read ahead, so
 * memory does not grow with depth.
 */
public final class Pruner {

    private final Device device;
    private final DecoderModel model;
    private final PruningMethod method;
    private final LayerChoice choice;
    private final PruneSink sink;
    private final Progress progress;
    private final PhaseClock clock;

    /**
     * @param choice target of each layer; its check must have passed
     * @param sink receives pruned tensors and keeps the journal
     */
    public Pruner(Device device, DecoderModel model, PruningMethod method, LayerChoice choice, PruneSink sink,
            Progress progress, PhaseClock clock) {
        this.device = device;
        this.model = model;
        this.method = method;
        this.choice = choice;
        this.sink = sink;
        this.progress = progress;
        this.clock = clock;
    }

    /**
     * Runs the whole work.
     *
     * @param samples calibration samples of one length; empty for a method without statistics
     * @return one report a block
     */
    public List<BlockReport> run(List<int[]> samples) {
        List<BlockReport> reports = new ArrayList<>(sink.finishedBlocks());
        int blocks = model.spec().blocks();
        progress.start("prune", blocks, reports.size());
        try (BlockLoader loader = new BlockLoader(device, model, reports.size())) {
            if (method.needsStatistics()) {
                pruneWithStatistics(loader, samples, reports);
            } else {
                for (int block = reports.size(); block < blocks; block++) {
                    try (BlockWeights weights = next(loader)) {
                        finish(reports, select(block, weights, null), null);
                    }
                }
            }
        }
        progress.end();
        return reports;
    }

    private BlockWeights next(BlockLoader loader) {
        return clock.get("load", loader::next);
    }

    private void pruneWithStatistics(BlockLoader loader, List<int[]> samples, List<BlockReport> reports) {
        int blocks = model.spec().blocks();
        if (reports.size() == blocks) {
            return;
        }
        try (Sequences sequences = new Sequences(device, model, samples);
                ChunkWorkspace space = new ChunkWorkspace(device, model, sequences, progress)) {
            if (reports.isEmpty()) {
                try (InputLayer input = model.inputLayer(device)) {
                    clock.time("forward", () -> sequences.embed(input));
                }
            } else {
                sink.restore(sequences.hidden());
            }
            for (int block = reports.size(); block < blocks; block++) {
                pruneBlock(block, loader, sequences, space, reports);
            }
        }
    }

    private void pruneBlock(int block, BlockLoader loader, Sequences sequences, ChunkWorkspace space,
            List<BlockReport> reports) {
        Call call = Call.sequences(block, sequences.seqlen());
        try (BlockWeights weights = next(loader);
                InputStatistics statistics = new InputStatistics(device, sequences.seqlen())) {
            clock.time("statistics", () -> space.retryingWithLess(() -> {
                statistics.restart();
                sequences.forEachChunk((first, states) -> {
                    statistics.beginChunk(first);
                    space.decoder().observe(weights, space.copyOf(states), call, statistics);
                });
            }));
            BlockReport report = select(block, weights, statistics);
            boolean last = block == model.spec().blocks() - 1;
            if (!last) {
                clock.time("forward", () -> sequences.forEachChunk((_, states) -> {
                    space.decoder().forward(weights, states, call);
                    if (!device.ops().allFinite(states)) {
                        throw notFinite("block " + block + ": its output");
                    }
                }));
            }
            finish(reports, report, last ? null : sequences.hidden());
        }
    }

    private static WorkFailedException notFinite(String what) {
        return new WorkFailedException(what + " has NaN or infinite activations; the model overflows on this"
                + " calibration text, so its statistics would mean nothing");
    }

    private BlockReport select(int block, BlockWeights weights, InputStatistics statistics) {
        Ops ops = device.ops();
        Map<String, Long> zeros = new LinkedHashMap<>();
        Map<String, Long> sizes = new LinkedHashMap<>();
        for (LinearRole role : model.linearOrder()) {
            BlockWeights.Linear linear = weights.linear(role);
            Tensor w = linear.weight();
            SparsityTarget target = choice.of(linear.name());
            if (target != null) {
                Tensor s = statistics == null ? null : statistics.of(role);
                if (s != null && !ops.allFinite(s)) {
                    throw notFinite("block " + block + ": the input of " + linear.name());
                }
                clock.time("select", () -> method.prune(ops, w, s, target));
                clock.time("save", () -> sink.write(linear.name(), w));
            }
            zeros.put(linear.name(), ops.countZeros(w));
            sizes.put(linear.name(), w.rows() * w.columns());
        }
        return new BlockReport(block, zeros, sizes);
    }

    private void finish(List<BlockReport> reports, BlockReport report, Tensor hidden) {
        clock.time("save", () -> sink.blockDone(report, hidden));
        reports.add(report);
        progress.step(1);
        progress.message(String.format(Locale.ROOT, "layer %d sparsity %.6f", report.block(), report.sparsity()));
    }
}
