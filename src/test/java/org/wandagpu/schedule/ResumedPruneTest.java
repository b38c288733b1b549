package org.wandagpu.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.wandagpu.checkpoint.Checkpoint;
import org.wandagpu.checkpoint.StagedCheckpoint;
import org.wandagpu.checkpoint.TinyCheckpoint;
import org.wandagpu.compute.Device;
import org.wandagpu.compute.cpu.CpuDevice;
import org.wandagpu.disk.FaultyDisk;
import org.wandagpu.disk.FaultyDisk.Fault;
import org.wandagpu.golden.GoldenModel;
import org.wandagpu.model.DecoderModel;
import org.wandagpu.prune.LayerChoice;
import org.wandagpu.prune.Magnitude;
import org.wandagpu.prune.PruningMethod;
import org.wandagpu.prune.SparsityTarget;
import org.wandagpu.prune.Wanda;
import org.wandagpu.tensor.HostTensor;

/** Real prunes of a fixture into an output folder: the published masks in the file, and the same bytes after a kill. */
class ResumedPruneTest {

    private static final Map<String, PruningMethod> METHODS =
            Map.of("wanda", new Wanda(), "magnitude", new Magnitude());

    private final GoldenModel golden = new GoldenModel("llama-sharded");

    @TempDir
    Path root;

    private void prune(String method, Path output, boolean resume) {
        try (Device device = new CpuDevice(2); Checkpoint source = Checkpoint.open(golden.folder())) {
            DecoderModel model = DecoderModel.open(source.configWhere(), source.config(), source);
            Set<String> pruned = Set.copyOf(model.prunableNames());
            LayerChoice choice = LayerChoice.all(
                    new SparsityTarget.Unstructured(0.5, METHODS.get(method).defaultGroup()));
            try (StagedCheckpoint staged = StagedCheckpoint.create(source, output, pruned, 0, resume);
                    CheckpointSink sink = CheckpointSink.open(staged, device.transfers(),
                            Map.of("method", method), 0)) {
                new Pruner(device, model, METHODS.get(method), choice, sink, Progress.NONE, new PhaseClock())
                        .run(golden.samples());
                sink.publish(Map.of("method", method));
            }
        }
    }

    @Test
    void theMasksInTheFileAreThoseOfThePublishedCode() {
        prune("wanda", root.resolve("out"), false);
        try (Checkpoint output = Checkpoint.open(root.resolve("out"));
                Checkpoint source = Checkpoint.open(golden.folder())) {
            DecoderModel model = DecoderModel.open(output.configWhere(), output.config(), output);
            for (String name : source.names()) {
                byte[] dense = source.tensor(name).bytes().toArray(ValueLayout.JAVA_BYTE);
                byte[] written = output.tensor(name).bytes().toArray(ValueLayout.JAVA_BYTE);
                if (model.prunableNames().contains(name)) {
                    byte[] mask = golden.results().bytes("mask.wanda-unstructured-0.5." + name);
                    zero(dense, source.tensor(name), mask);
                }
                assertThat(written).as(name).isEqualTo(dense);
            }
        }
    }

    /** Zeroes the elements whose keep mask is 0. */
    private static void zero(byte[] bytes, HostTensor tensor, byte[] mask) {
        int width = tensor.dtype().bytes();
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] *= mask[i / width];
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"wanda", "magnitude"})
    void killedInEachPartOfTheWorkItResumesToTheSameBytes(String method) {
        FaultyDisk counting = new FaultyDisk(Fault.KILL, Long.MAX_VALUE);
        prune(method, counting.path(root.resolve("undisturbed")), false);
        SortedMap<String, String> undisturbed = TinyCheckpoint.content(root.resolve("undisturbed"));

        for (int part = 1; part <= 6; part++) {
            Path output = root.resolve("out" + part);
            FaultyDisk disk = new FaultyDisk(Fault.KILL_IN_A_WRITE, counting.operations() * part / 7);
            assertThat(catchThrowable(() -> prune(method, disk.path(output), false)))
                    .isInstanceOf(FaultyDisk.Killed.class);
            prune(method, new FaultyDisk(Fault.KILL, Long.MAX_VALUE).path(output), true);
            assertThat(TinyCheckpoint.content(output)).as("killed at " + part + " of 7 parts").isEqualTo(undisturbed);
        }
    }
}
