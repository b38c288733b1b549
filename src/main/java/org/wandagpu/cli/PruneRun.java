package org.wandagpu.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
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

    /** The plan of bytes and time, as text. */
    String plan(int nsamples, int seqlen) {
        MemoryPlan memory = MemoryPlan.of(opened.decoder(), nsamples, seqlen);
        memory.check(device.memoryBytes());
        return "memory on " + device.name() + "\n" + memory.describe() + "\n"
                + "time, estimated\n" + TimePlan.of(device, opened.decoder(), nsamples, seqlen).describe() + "\n";
    }

    /**
     * Prunes, resuming if that was asked for, and publishes the output.
     *
     * @param samples null for a method without statistics
     * @return one report a block
     */
    List<BlockReport> prune(String sha256, CalibrationOptions.Samples samples, Progress progress) {
        DecoderModel model = opened.decoder();
        List<int[]> ids = samples == null ? List.of() : samples.samples();
        MemoryPlan memory = MemoryPlan.of(model, ids.size(), ids.isEmpty() ? 0 : ids.getFirst().length);
        memory.check(device.memoryBytes());
        Set<String> pruned = model.prunableNames().stream()
                .filter(name -> choice.of(name) != null)
                .collect(Collectors.toSet());
        try (StagedCheckpoint staged = StagedCheckpoint.create(opened.checkpoint(), output.folder(), pruned,
                        output.maxShardBytes(), output.isResume());
                CheckpointSink sink = CheckpointSink.open(staged, settings(sha256, samples), memory.activations())) {
            List<BlockReport> reports = new Pruner(device, model, method, choice, sink, progress, clock).run(ids);
            clock.time("save", () -> sink.publish(provenance(sha256, samples, reports)));
            return reports;
        }
    }

    /** Everything that decides the output's bytes: a resumed run must agree in all of it. */
    private Map<String, String> settings(String sha256, CalibrationOptions.Samples samples) {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("model", sha256);
        settings.put("method", method.name());
        settings.put("target", choice.describe());
        settings.put("calibration", samples == null ? "none" : samples.description().sha256());
        settings.put("max-shard-size", String.valueOf(output.maxShardBytes()));
        settings.put("version", Version.number());
        return settings;
    }

    /** What the output says of itself in wanda-gpu.json. */
    private Map<String, Object> provenance(String sha256, CalibrationOptions.Samples samples, List<BlockReport> reports) {
        long zeros = reports.stream().mapToLong(BlockReport::totalZeros).sum();
        long weights = reports.stream().mapToLong(BlockReport::totalWeights).sum();
        Map<String, Object> provenance = new LinkedHashMap<>();
        provenance.put("generator", "wanda-gpu " + Version.number());
        provenance.put("model", opened.name());
        provenance.put("modelSha256", sha256);
        provenance.put("method", method.name());
        provenance.put("pattern", choice.target().patternName());
        provenance.put("requestedSparsity", choice.target().sparsity());
        provenance.put("actualSparsity", (double) zeros / weights);
        if (samples != null) {
            provenance.put("calibration", samples.description());
        }
        return provenance;
    }
}
