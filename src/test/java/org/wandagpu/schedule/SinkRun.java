package org.wandagpu.schedule;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.wandagpu.checkpoint.Checkpoint;
import org.wandagpu.checkpoint.StagedCheckpoint;
import org.wandagpu.compute.Device;
import org.wandagpu.compute.Tensor;
import org.wandagpu.tensor.DType;

/**
 * A small stand-in for a prune of a tiny checkpoint: the same calls on the sink in the same order, and every byte
 * written depends on the hidden states, so that a run that goes on with the wrong ones ends with other bytes.
 */
final class SinkRun {

    static final List<String> WEIGHTS = List.of("block.0.w", "block.1.w", "block.2.w");
    static final Map<String, String> SETTINGS = Map.of("method", "wanda", "nsamples", "128", "model", "0123abcd");

    private static final int ROWS = 4;
    private static final int COLUMNS = 5;

    private final Device device;
    private final Path source;
    private final List<Integer> started = new ArrayList<>();
    private final List<Integer> finished = new ArrayList<>();

    SinkRun(Device device, Path source) {
        this.device = device;
        this.source = source;
    }

    /** Blocks that the last call of {@link #to} began to work on. */
    List<Integer> started() {
        return started;
    }

    /** Blocks that the sink took over as finished in the last call of {@link #to}. */
    List<Integer> finished() {
        return finished;
    }

    /** Runs from where an earlier call stopped. */
    void to(Path output, boolean resume) {
        to(output, resume, SETTINGS);
    }

    void to(Path output, boolean resume, Map<String, String> settings) {
        started.clear();
        finished.clear();
        if (resume && CheckpointSink.isPublished(output, settings)) {
            return;
        }
        try (Checkpoint checkpoint = Checkpoint.open(source);
                StagedCheckpoint staged = StagedCheckpoint.create(checkpoint, output, Set.copyOf(WEIGHTS), 0, resume);
                CheckpointSink sink = CheckpointSink.open(staged, device.transfers(), settings, ROWS * COLUMNS * 4);
                DeviceStates hidden = new DeviceStates(device, DType.F32, ROWS, COLUMNS)) {
            List<BlockReport> reports = sink.finishedBlocks();
            if (reports.isEmpty()) {
                fill(hidden, 1);
            } else if (reports.size() < WEIGHTS.size()) {
                sink.restore(hidden);
            }
            for (int block = reports.size(); block < WEIGHTS.size(); block++) {
                started.add(block);
                prune(checkpoint, sink, hidden, block);
                finished.add(block);
            }
            sink.publish(Map.of("method", "wanda"));
        }
    }

    private void prune(Checkpoint checkpoint, CheckpointSink sink, DeviceStates hidden, int block) {
        int seed = MemorySegment.ofArray(hidden.tensor().toFloats()).toArray(ValueLayout.JAVA_INT)[3 * block] >>> 15;
        try (Tensor weight = device.copyOf(checkpoint.tensor(WEIGHTS.get(block)))) {
            byte[] bytes = new byte[(int) weight.byteSize()];
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = (byte) (seed * (i + 1));
            }
            weight.copyFrom(MemorySegment.ofArray(bytes));
            sink.write(WEIGHTS.get(block), weight);
        }
        fill(hidden, seed);
        boolean last = block == WEIGHTS.size() - 1;
        sink.blockDone(new BlockReport(block, Map.of(WEIGHTS.get(block), 3L), Map.of(WEIGHTS.get(block), 6L)),
                last ? null : hidden);
    }

    private static void fill(DeviceStates hidden, int seed) {
        float[] values = new float[ROWS * COLUMNS];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) Math.sin(seed + i);
        }
        hidden.write(0, MemorySegment.ofArray(values));
    }
}
