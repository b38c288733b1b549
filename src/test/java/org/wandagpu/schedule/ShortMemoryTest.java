package org.wandagpu.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wandagpu.compute.Device;
import org.wandagpu.compute.cuda.CudaDevice;
import org.wandagpu.compute.cuda.KernelRuntime;
import org.wandagpu.failure.OutOfDeviceMemoryException;
import org.wandagpu.made.MadeCheckpoint;
import org.wandagpu.made.MadeModel;
import org.wandagpu.model.DecoderModel;
import org.wandagpu.prune.ComparisonGroup;
import org.wandagpu.prune.LayerChoice;
import org.wandagpu.prune.SparsityTarget;
import org.wandagpu.prune.Wanda;
import org.wandagpu.simulator.SimulatorDriver;
import org.wandagpu.tensor.DType;

/** A GPU that has not the memory of whole chunks: they are halved until they fit, and the masks stay the same. */
class ShortMemoryTest {

    private static final int SEQLEN = 60;
    private static final int SAMPLES = 17;
    private static final long PLENTY = 1 << 28;
    /** For what is small and not counted here: the embedding, partial sums. */
    private static final long SLACK = 96 << 10;

    @TempDir
    private Path folder;
    private DecoderModel model;
    private final List<String> messages = new ArrayList<>();

    @BeforeEach
    void open() {
        model = MadeModel.open(MadeCheckpoint.of("llama").with("num_hidden_layers", 2).dtype(DType.F16).write(folder));
    }

    private static Device device(long memory) {
        return CudaDevice.over(KernelRuntime.open("sim", new SimulatorDriver("test", 2, memory), 0));
    }

    private KeptWeights prune(long memory) {
        List<int[]> samples = new ArrayList<>();
        for (int i = 0; i < SAMPLES; i++) {
            int[] sample = new int[SEQLEN];
            for (int t = 0; t < SEQLEN; t++) {
                sample[t] = (i * 31 + t * 7) % model.spec().vocabSize();
            }
            samples.add(sample);
        }
        KeptWeights kept = new KeptWeights();
        Progress progress = new Progress() {
            @Override
            public void start(String what, long steps, long done) {
            }

            @Override
            public void step(long steps) {
            }

            @Override
            public void message(String line) {
                messages.add(line);
            }

            @Override
            public void end() {
            }
        };
        try (Device device = device(memory)) {
            LayerChoice half = LayerChoice.all(new SparsityTarget.Unstructured(0.5, ComparisonGroup.ROW));
            new Pruner(device, model, new Wanda(), half, kept, progress, new PhaseClock()).run(samples);
        }
        return kept;
    }

    /** What a prune takes whose chunks have so many sequences, with {@code blocks} of them loaded. */
    private long needed(int sequences, int blocks) {
        try (Device device = device(PLENTY)) {
            long hidden = (long) SAMPLES * SEQLEN * model.spec().hiddenSize() * DType.F16.bytes();
            return hidden + blocks * model.blockBytes(device, 0)
                    + ChunkWorkspace.bytes(device, model, sequences * SEQLEN, SEQLEN);
        }
    }

    @Test
    void chunksAreHalvedUntilTheyFit() {
        long memory = needed((SAMPLES + 1) / 2, 2) + SLACK;
        assertThat(memory).as("does not hold whole chunks").isLessThan(needed(SAMPLES, 1));
        KeptWeights undisturbed = prune(PLENTY);
        assertThat(messages).noneMatch(message -> message.contains("memory"));
        KeptWeights pressed = prune(memory);
        assertThat(messages).contains("the device's memory is short: going on with chunks of 540 tokens");
        for (String weight : model.prunableNames()) {
            assertThat(pressed.mask(weight)).as(weight).isEqualTo(undisturbed.mask(weight));
        }
    }

    @Test
    void aSequenceIsNotCut() {
        assertThatThrownBy(() -> prune(needed(1, 1) - 1)).isInstanceOf(OutOfDeviceMemoryException.class)
                .hasMessageContaining("no room for");
        assertThat(messages).contains("the device's memory is short: going on with chunks of 60 tokens");
    }
}
