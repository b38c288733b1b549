package org.wandagpu.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.wandagpu.checkpoint.Checkpoint;
import org.wandagpu.checkpoint.EmbeddedModels;
import org.wandagpu.compute.Device;
import org.wandagpu.compute.RoundedDevice;
import org.wandagpu.compute.cpu.CpuDevice;
import org.wandagpu.device.Devices;
import org.wandagpu.eval.Perplexity;
import org.wandagpu.model.DecoderModel;
import org.wandagpu.prune.ComparisonGroup;
import org.wandagpu.prune.LayerChoice;
import org.wandagpu.prune.SparsityTarget;
import org.wandagpu.prune.Wanda;
import org.wandagpu.tensor.DType;

/** The trained models in the jar, a family each, on the simulated GPU and on the CPU with the same 16-bit roundings. */
@Execution(ExecutionMode.CONCURRENT) // half a minute in all; every case has devices of its own
class TinyModelsOnGpuTest {

    private static final int SEQLEN = 70;
    private static final double NEAR_TIES = 2e-3;

    static Stream<String> names() {
        return EmbeddedModels.names().stream();
    }

    private static List<int[]> samples(DecoderModel model) {
        SplittableRandom random = new SplittableRandom(7);
        List<int[]> samples = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            samples.add(random.ints(SEQLEN, 0, model.spec().vocabSize()).toArray());
        }
        return samples;
    }

    private static KeptWeights prune(Device device, DecoderModel model) {
        KeptWeights kept = new KeptWeights();
        LayerChoice half = LayerChoice.all(new SparsityTarget.Unstructured(0.5, ComparisonGroup.ROW));
        new Pruner(device, model, new Wanda(), half, kept, Progress.NONE, new PhaseClock()).run(samples(model));
        return kept;
    }

    @ParameterizedTest
    @MethodSource("names")
    void masksAndPerplexityAreTheCpus(String name) {
        try (Checkpoint checkpoint = Checkpoint.open(EmbeddedModels.folder(name));
                Device gpu = Devices.open("sim", 1, note -> { });
                Device cpu = new CpuDevice(1)) {
            DecoderModel model = DecoderModel.open(checkpoint.configWhere(), checkpoint.config(), checkpoint);
            KeptWeights found = prune(gpu, model);
            KeptWeights expected = prune(new RoundedDevice(cpu, DType.F16), model);
            assertThat(found.shareOfOtherMasks(expected)).isLessThanOrEqualTo(NEAR_TIES);
            DecoderModel pruned = model.withSource(found.over(checkpoint));
            double exact = Perplexity.measure(cpu, pruned, samples(model), Progress.NONE).value();
            assertThat(Perplexity.measure(gpu, pruned, samples(model), Progress.NONE).value())
                    .isCloseTo(exact, within(exact * 5e-3));
        }
    }
}
