package org.wandagpu.cli;

import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.wandagpu.checkpoint.StagedCheckpoint;
import org.wandagpu.compute.Device;
import org.wandagpu.model.DecoderModel;
import org.wandagpu.prune.LayerChoice;
import org.wandagpu.prune.PruningMethod;
import org.wandagpu.schedule.BlockReport;
import org.wandagpu.schedule.CheckpointSink;
import org.wandagpu.schedule.MemoryPlan;
import org.wandagpu.schedule.PhaseClock;
import org.wandagpu.schedule.Progress;
import org.wandagpu.schedule.Pruner;
import org.wandagpu.schedule.TimePlan;

/**
 * One prune, from an open model to a published checkpoint.
 *
 * @param opened the dense model
 * @param choice which layers to what; its checks have passed
 */
record PruneRun(OpenModel opened, Device device, PruningMethod method, LayerChoice choice, OutputOptions output,
        PhaseClock clock) {

    /**
     * The plan of bytes and time, as text.
     *
     * @param drawing a line on the memory that drawing the samples takes, or nothing
     */
    String plan(int nsamples, int seqlen, String drawing) {
        MemoryPlan memory = MemoryPlan.of(device, opened.decoder(), nsamples, seqlen);
        memory.check(device.memoryBytes());
        return "memory on " + device.name() + "\n" + memory.describe() + "\n" + drawing
                + "time, estimated\n" + TimePlan.of(device, opened.decoder(), nsamples, seqlen).describe() + "\n";
    }

    /**
     * What a prune starts from.
     *
     * @param sha256 hash of the dense weights
     * @param samples null for a method without statistics
     */
    record Inputs(String sha256, CalibrationOptions.Samples samples) {
        List<int[]> ids() {
            return samples == null ? List.of() : samples.samples();
        }
    }

    /**
     * What a prune ended with.
     *
     * @param inputs what it started from
     * @param reports one a block
     */
    record Outcome(Inputs inputs, List<BlockReport> reports) {
    }

    /**
     * Prunes, resuming if that was asked for, and publishes the output. The place of the output is taken first, so that
     * a bad one costs no work.
     *
     * @param read checks and reads the inputs
     */
    Outcome prune(Supplier<Inputs> read, Progress progress) {
        if (output.isResume() && Files.exists(output.folder())) {
            Inputs inputs = read.get();
            if (CheckpointSink.isPublished(output.folder(), settings(inputs))) {
                return new Outcome(inputs, FinishedOutput.reports(output.folder(), opened));
            }
        }
        DecoderModel model = opened.decoder();
        Set<String> pruned = model.prunableNames().stream()
                .filter(name -> choice.of(name) != null)
                .collect(Collectors.toSet());
        try (StagedCheckpoint staged = StagedCheckpoint.create(opened.checkpoint(), output.folder(), pruned,
                output.maxShardBytes(), output.isResume())) {
            Inputs inputs = read.get();
            List<int[]> ids = inputs.ids();
            MemoryPlan memory = MemoryPlan.of(device, model, ids.size(), ids.isEmpty() ? 0 : ids.getFirst().length);
            memory.check(device.memoryBytes());
            try (CheckpointSink sink = CheckpointSink.open(staged, device.transfers(), settings(inputs),
                    memory.hiddenStates())) {
                List<BlockReport> reports = new Pruner(device, model, method, choice, sink, progress, clock).run(ids);
                clock.time("save", () -> sink.publish(provenance(inputs, reports)));
                return new Outcome(inputs, reports);
            }
        }
    }

    /** Everything that decides the output's bytes: a resumed run must agree in all of it. */
    private Map<String, String> settings(Inputs inputs) {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("model", inputs.sha256());
        settings.put("method", method.name());
        settings.put("target", choice.describe());
        settings.put("calibration", inputs.samples() == null ? "none" : inputs.samples().description().sha256());
        settings.put("activations", opened.decoder().activations(device).name());
        settings.put("max-shard-size", String.valueOf(output.maxShardBytes()));
        settings.put("version", Version.number());
        return settings;
    }

    /** What the output says of itself in wanda-gpu.json. */
    private Map<String, Object> provenance(Inputs inputs, List<BlockReport> reports) {
        long zeros = reports.stream().mapToLong(BlockReport::totalZeros).sum();
        long weights = reports.stream().mapToLong(BlockReport::totalWeights).sum();
        Map<String, Object> provenance = new LinkedHashMap<>();
        provenance.put("generator", "wanda-gpu " + Version.number());
        provenance.put("model", opened.name());
        provenance.put("modelSha256", inputs.sha256());
        provenance.put("method", method.name());
        provenance.put("pattern", choice.target().patternName());
        provenance.put("requestedSparsity", choice.target().sparsity());
        provenance.put("actualSparsity", (double) zeros / weights);
        if (inputs.samples() != null) {
            provenance.put("calibration", inputs.samples().description());
        }
        return provenance;
    }
}
