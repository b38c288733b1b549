package org.wandagpu.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wandagpu.compute.Device;
import org.wandagpu.compute.cuda.CudaDevice;
import org.wandagpu.compute.cuda.KernelRuntime;
import org.wandagpu.cuda.Driver;
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

/**
 * A GPU that has not the memory of whole chunks, or of all hidden states: the chunks are halved, the states go to host
 * memory, and the masks stay the same.
 */
class ShortMemoryTest {

    private static final int SEQLEN = 60;
    private static final int SAMPLES = 17;
    private static final long PLENTY = 1 << 30;
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

    /**
     * A GPU.
     *
     * @param free bytes that nobody else has taken
     * @param memory bytes that it says to have
     */
    private static Device device(long free, long memory) {
        return device(free, memory, -1);
    }

    /** @param refused size of a tensor for which there is never room */
    private static Device device(long free, long memory, long refused) {
        Driver driver = new SimulatorDriver("test", 2, free);
        Driver shared = (Driver) Proxy.newProxyInstance(Driver.class.getClassLoader(), new Class<?>[] {Driver.class},
                (_, method, arguments) -> {
                    if (method.getName().equals("memoryBytes")) {
                        return memory;
                    }
                    if (method.getName().equals("allocate") && arguments[0].equals(refused)) {
                        throw new OutOfDeviceMemoryException("planted");
                    }
                    try {
                        return method.invoke(driver, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
        return CudaDevice.over(KernelRuntime.open("sim", shared, 0));
    }

    private KeptWeights prune(Device opened) {
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
            public void message(String line) {
                messages.add(line);
            }
        };
        try (Device device = opened) {
            LayerChoice half = LayerChoice.all(new SparsityTarget.Unstructured(0.5, ComparisonGroup.ROW));
            new Pruner(device, model, new Wanda(), half, kept, progress, new PhaseClock()).run(samples);
        }
        return kept;
    }

    /** What a prune takes whose chunks have so many sequences, {@code copies} times, with {@code blocks} loaded. */
    private long needed(int sequences, long copies, int blocks) {
        try (Device device = device(PLENTY, PLENTY)) {
            return copies * sequences * sequenceBytes() + blocks * model.blockBytes(device, 0)
                    + model.workspaceBytes(device, sequences * SEQLEN, SEQLEN);
        }
    }

    private long sequenceBytes() {
        return (long) SEQLEN * model.spec().hiddenSize() * DType.F16.bytes();
    }

    private void assertSameMasks(KeptWeights pressed) {
        KeptWeights undisturbed = prune(device(PLENTY, PLENTY));
        for (String weight : model.prunableNames()) {
            assertThat(pressed.mask(weight)).as(weight).isEqualTo(undisturbed.mask(weight));
        }
    }

    @Test
    void chunksAreHalvedUntilTheyFit() {
        long all = SAMPLES * sequenceBytes();
        long memory = all + needed((SAMPLES + 1) / 2, DeviceStates.CHUNKS, 2) + SLACK;
        assertThat(memory).as("does not hold whole chunks").isLessThan(all + needed(SAMPLES, DeviceStates.CHUNKS, 1));
        KeptWeights pressed = prune(device(memory, PLENTY));
        assertThat(messages).contains("the device's memory is short: going on with chunks of 540 tokens")
                .noneMatch(message -> message.contains("host memory"));
        messages.clear();
        assertSameMasks(pressed);
        assertThat(messages).noneMatch(message -> message.contains("memory"));
    }

    @Test
    void aSequenceIsNotCut() {
        long memory = SAMPLES * sequenceBytes() + needed(1, DeviceStates.CHUNKS, 1) - 1;
        assertThatThrownBy(() -> prune(device(memory, PLENTY))).isInstanceOf(OutOfDeviceMemoryException.class)
                .hasMessageContaining("no room for");
        assertThat(messages).contains("the device's memory is short: going on with chunks of 60 tokens");
    }

    @Test
    void hiddenStatesThatDoNotFitGoThroughHostMemory() {
        long memory = needed(5, HostStates.CHUNKS, 2) + SLACK;
        KeptWeights planned = prune(device(memory, memory));
        assertThat(messages).contains("the device's memory is short: going on with chunks of 300 tokens");
        assertSameMasks(planned);
    }

    /** There is room by the plan, but others have taken it. */
    @Test
    void hiddenStatesThatCannotBeHadGoToHostMemory() {
        KeptWeights pressed = prune(device(PLENTY, PLENTY, SAMPLES * sequenceBytes()));
        assertThat(messages).contains("the device's memory is short: the hidden states go to host memory");
        assertSameMasks(pressed);
    }
}
