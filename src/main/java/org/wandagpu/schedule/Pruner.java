package org.wandagpu.schedule;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.wandagpu.compute.Device;
import org.wandagpu.compute.Ops;
import org.wandagpu.compute.Tensor;
import org.wandagpu.failure.OutOfDeviceMemoryException;
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
 * all its linear layers, propagation through the pruned block. The block before is written and the next one read
 * meanwhile; two are on the device at most, so memory does not grow with depth.
 */
public final class Pruner {

    private final Device device;
    private final DecoderModel model;
    private final PruningMethod method;
    private final LayerChoice choice;
    private final PruneSink sink;
    private final Progress progress;
    private final PhaseClock clock;
    private BlockReport leaving;

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
        try (ResidentBlocks resident = new ResidentBlocks(device, model, reports.size())) {
            if (method.needsStatistics() && reports.size() < blocks) {
                pruneWithStatistics(resident, samples, reports);
            } else {
                for (int block = reports.size(); block < blocks; block++) {
                    BlockReport report = select(block, next(resident), null);
                    settle(resident, reports);
                    leave(resident, report, null);
                }
            }
            settle(resident, reports);
        }
        progress.end();
        return reports;
    }

    private BlockWeights next(ResidentBlocks resident) {
        return clock.get("load", resident::next);
    }

    private void pruneWithStatistics(ResidentBlocks resident, List<int[]> samples, List<BlockReport> reports) {
        try (Sequences sequences = sequences(samples);
                ChunkWorkspace space = new ChunkWorkspace(device, model, sequences, progress)) {
            try {
                pruneBlocks(resident, sequences, space, reports);
            } finally {
                resident.awaitLeaving(); // it may be saving the hidden states
            }
        }
    }

    private void pruneBlocks(ResidentBlocks resident, Sequences sequences, ChunkWorkspace space,
            List<BlockReport> reports) {
        int first = reports.size();
        if (first == 0) {
            try (InputLayer input = model.inputLayer(device)) {
                clock.time("forward", () -> sequences.embed(input));
            }
        } else {
            sink.restore(sequences.hidden());
        }
        for (int block = first; block < model.spec().blocks(); block++) {
            pruneBlock(block, resident, sequences, space, reports);
        }
    }

    private Sequences sequences(List<int[]> samples) {
        Sequences.check(model.spec(), samples);
        MemoryPlan plan = MemoryPlan.of(device, model, samples.size(), samples.getFirst().length);
        try {
            return new Sequences(device, model, samples, plan.place());
        } catch (OutOfDeviceMemoryException e) {
            if (plan.hostActivations() > 0) {
                throw e;
            }
            progress.message("the device's memory is short: the hidden states go to host memory");
            return new Sequences(device, model, samples, HostStates::new);
        }
    }

    private void pruneBlock(int block, ResidentBlocks resident, Sequences sequences, ChunkWorkspace space,
            List<BlockReport> reports) {
        Call call = Call.sequences(block, sequences.seqlen());
        BlockWeights weights = next(resident);
        try (InputStatistics statistics = new InputStatistics(device, sequences.seqlen())) {
            clock.time("statistics", () -> space.retryingWithLess(() -> {
                statistics.restart();
                sequences.observeEachChunk((first, states) -> {
                    statistics.beginChunk(first);
                    space.decoder().observe(weights, states, call, statistics);
                    if (resident.isSettled()) {
                        settle(resident, reports);
                    }
                });
            }));
            BlockReport report = select(block, weights, statistics);
            settle(resident, reports); // the hidden states are being saved until then
            boolean last = block == model.spec().blocks() - 1;
            if (!last) {
                clock.time("forward", () -> sequences.forEachChunk((_, states) -> {
                    space.decoder().forward(weights, states, call);
                    if (!device.ops().allFinite(states)) {
                        throw notFinite("block " + block + ": its output");
                    }
                }));
            }
            leave(resident, report, last ? null : sequences.hidden());
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
            }
            zeros.put(linear.name(), ops.countZeros(w));
            sizes.put(linear.name(), w.rows() * w.columns());
        }
        return new BlockReport(block, zeros, sizes);
    }

    /** Has the block written, and the states that leave it saved, beside the work on the next one. */
    private void leave(ResidentBlocks resident, BlockReport report, HiddenStates hidden) {
        leaving = report;
        resident.leave(weights -> {
            for (LinearRole role : model.linearOrder()) {
                BlockWeights.Linear linear = weights.linear(role);
                if (choice.of(linear.name()) != null) {
                    sink.write(linear.name(), linear.weight());
                }
            }
            sink.blockDone(report, hidden);
        });
    }

    /** Waits until the block that leaves can not be lost any more, and says that it is done. */
    private void settle(ResidentBlocks resident, List<BlockReport> reports) {
        clock.time("save", resident::settle);
        if (leaving != null) {
            reports.add(leaving);
            progress.step(1);
            progress.message(String.format(Locale.ROOT, "layer %d sparsity %.6f", leaving.block(), leaving.sparsity()));
            leaving = null;
        }
    }
}
