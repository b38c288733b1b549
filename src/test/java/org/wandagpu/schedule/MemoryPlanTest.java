package org.wandagpu.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.wandagpu.compute.Device;
import org.wandagpu.compute.cpu.CpuDevice;
import org.wandagpu.compute.cuda.CudaDevice;
import org.wandagpu.compute.cuda.KernelRuntime;
import org.wandagpu.device.Devices;
import org.wandagpu.failure.DeviceException;
import org.wandagpu.made.MadeCheckpoint;
import org.wandagpu.made.MadeModel;
import org.wandagpu.model.DecoderModel;
import org.wandagpu.prune.ComparisonGroup;
import org.wandagpu.prune.LayerChoice;
import org.wandagpu.prune.Magnitude;
import org.wandagpu.prune.PruningMethod;
import org.wandagpu.prune.SparsityTarget;
import org.wandagpu.prune.Wanda;
import org.wandagpu.simulator.SimulatorDriver;
import org.wandagpu.tensor.DType;

/** The plan of bytes against what a prune takes on the device. */
class MemoryPlanTest {

    private static final int NSAMPLES = 20;
    private static final int SEQLEN = 60;

    @TempDir
    private Path folder;

    private DecoderModel made(String family, int blocks) {
        String key = family.equals("bloom") ? "n_layer" : "num_hidden_layers";
        return MadeModel.open(MadeCheckpoint.of(family).with(key, blocks).write(folder.resolve(family + blocks)));
    }

    private static long peak(DecoderModel model, PruningMethod method, List<int[]> samples) {
        return peak("cpu", model, method, samples);
    }

    private static long peak(String kind, DecoderModel model, PruningMethod method, List<int[]> samples) {
        try (Device device = Devices.open(kind, 2, note -> { })) {
            return peak(device, model, method, samples);
        }
    }

    private static long peak(Device device, DecoderModel model, PruningMethod method, List<int[]> samples) {
        LayerChoice half = LayerChoice.all(new SparsityTarget.Unstructured(0.5, ComparisonGroup.ROW));
        new Pruner(device, model, method, half, new KeptWeights(), Progress.NONE, new PhaseClock()).run(samples);
        return device.peakAllocatedBytes();
    }

    private static List<int[]> samples() {
        List<int[]> samples = new ArrayList<>();
        for (int i = 0; i < NSAMPLES; i++) {
            samples.add(new int[SEQLEN]);
        }
        return samples;
    }

    private static long blockBytes(DecoderModel model) {
        try (Device device = new CpuDevice(1)) {
            return model.blockBytes(device, 0);
        }
    }

    private static MemoryPlan plan(DecoderModel model, int nsamples, int seqlen) {
        try (Device device = new CpuDevice(1)) {
            return MemoryPlan.of(device, model, nsamples, seqlen);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"llama", "opt", "bloom", "gpt_neox"})
    void aPruneTakesWhatWasPlannedWhateverTheDepth(String family) {
        for (int blocks : new int[] {2, 8}) {
            DecoderModel model = made(family, blocks);
            MemoryPlan plan = plan(model, NSAMPLES, SEQLEN);
            long planned = plan.activations() + plan.weights() + plan.workspace();
            assertThat(peak(model, new Wanda(), samples())).as("%d blocks", blocks)
                    .isLessThanOrEqualTo(planned).isGreaterThan(planned * 9 / 10);
        }
    }

    /** In F32, of which products take a copy, and in 16 bits. */
    @ParameterizedTest
    @ValueSource(strings = {"F32", "F16", "BF16"})
    void aPruneOnAGpuTakesWhatWasPlannedWhateverTheDepth(String dtype) {
        for (int blocks : new int[] {2, 5}) {
            DecoderModel model = MadeModel.open(MadeCheckpoint.of("llama").with("num_hidden_layers", blocks)
                    .dtype(DType.valueOf(dtype)).write(folder.resolve(dtype + blocks)));
            try (Device device = Devices.open("sim", 1, note -> { })) {
                MemoryPlan plan = MemoryPlan.of(device, model, 4, SEQLEN);
                long planned = plan.activations() + plan.weights() + plan.workspace();
                assertThat(peak("sim", model, new Wanda(), samples().subList(0, 4))).as("%d blocks", blocks)
                        .isBetween(planned * 95 / 100, planned * 105 / 100);
            }
        }
    }

    /** On a GPU that is too small for all hidden states; they go to host memory. */
    @Test
    void aPruneWithStatesInHostMemoryTakesWhatWasPlannedWhateverTheSamples() {
        DecoderModel model = made("llama", 3);
        for (int nsamples : new int[] {36, 90}) {
            List<int[]> samples = Collections.nCopies(nsamples, new int[SEQLEN]);
            long memory;
            try (Device plenty = device(1 << 30)) {
                MemoryPlan plan = MemoryPlan.of(plenty, model, nsamples, SEQLEN);
                assertThat(plan.hostActivations()).isZero();
                memory = plan.total() - 1;
            }
            try (Device small = device(memory)) {
                MemoryPlan plan = MemoryPlan.of(small, model, nsamples, SEQLEN);
                assertThat(plan.activations()).isZero();
                assertThat(plan.hostActivations()).isEqualTo(plan.hiddenStates())
                        .isEqualTo(2L * nsamples * SEQLEN * model.spec().hiddenSize());
                assertThat(plan.describe()).contains("in host memory");
                plan.check(memory);
                long planned = plan.weights() + plan.workspace();
                assertThat(peak(small, model, new Wanda(), samples)).as("%d samples", nsamples)
                        .isBetween(planned * 95 / 100, planned * 105 / 100);
            }
        }
    }

    private static Device device(long memory) {
        return CudaDevice.over(KernelRuntime.open("sim", new SimulatorDriver("test", 2, memory), 0));
    }

    @Test
    void aMethodWithoutStatisticsTakesTwoBlocks() {
        DecoderModel model = made("llama", 12);
        MemoryPlan plan = plan(model, 0, 0);
        assertThat(plan.activations() + plan.workspace()).isZero();
        assertThat(peak(model, new Magnitude(), List.of())).isEqualTo(plan.weights())
                .isEqualTo(2 * blockBytes(model));
    }

    @Test
    void aPlanThatDoesNotFitIsRefusedWithWhatToChange() {
        MemoryPlan plan = new MemoryPlan(5_000_000, 2_000_000, 1_000_000, 250_000_000, 0);
        plan.check(258_000_000);
        assertThatThrownBy(() -> plan.check(257_999_999)).isInstanceOf(DeviceException.class)
                .hasMessage("this run needs 258.0 MB of memory and the device has 258.0 MB: activations 5.0 MB, two"
                        + " blocks 2.0 MB, workspace 1.0 MB; lower --nsamples or --seqlen");
    }
}
