package org.wandagpu.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.wandagpu.compute.Device;
import org.wandagpu.compute.RoundedDevice;
import org.wandagpu.compute.cpu.CpuDevice;
import org.wandagpu.device.Devices;
import org.wandagpu.eval.Perplexity;
import org.wandagpu.made.FamilyCases;
import org.wandagpu.made.FamilyCases.FamilyCase;
import org.wandagpu.made.MadeModel;
import org.wandagpu.model.DecoderModel;
import org.wandagpu.prune.ComparisonGroup;
import org.wandagpu.prune.LayerChoice;
import org.wandagpu.prune.SparsityTarget;
import org.wandagpu.prune.Wanda;

/** Every variant of every family on the simulated GPU, against the CPU with the same 16-bit roundings. */
@Execution(ExecutionMode.CONCURRENT) // every case has devices of its own
class FamiliesOnGpuTest {

    private static final int NSAMPLES = 2;
    /** Of all weights of a model: what the order of sums may move to the other side of a threshold. */
    private static final double NEAR_TIES = 4e-3;
    /** Of a perplexity. */
    private static final double ROUNDING = 5e-3;

    static List<FamilyCase> cases() {
        return FamilyCases.all();
    }

    private static List<int[]> samples(DecoderModel model, int seqlen) {
        SplittableRandom random = new SplittableRandom(11);
        return Stream.generate(() -> random.ints(seqlen, 0, model.spec().vocabSize()).toArray())
                .limit(NSAMPLES).toList();
    }

    private static KeptWeights prune(Device device, DecoderModel model, List<int[]> samples) {
        KeptWeights kept = new KeptWeights();
        LayerChoice half = LayerChoice.all(new SparsityTarget.Unstructured(0.5, ComparisonGroup.ROW));
        new Pruner(device, model, new Wanda(), half, kept, Progress.NONE, new PhaseClock()).run(samples);
        return kept;
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void masksAndPerplexityAreTheCpus(FamilyCase variant, @TempDir Path folder) {
        variant.checkpoint().write(folder);
        MadeModel source = new MadeModel(folder);
        DecoderModel model = source.open();
        List<int[]> samples = samples(model, variant.tokens());
        try (Device gpu = Devices.open("sim", 1, note -> { }); Device cpu = new CpuDevice(1)) {
            KeptWeights found = prune(gpu, model, samples);
            Device rounded = new RoundedDevice(cpu, model.activations(gpu));
            assertThat(found.shareOfOtherMasks(prune(rounded, model, samples))).isLessThanOrEqualTo(NEAR_TIES);
            DecoderModel pruned = model.withSource(found.over(source));
            double exact = loss(cpu, pruned, samples);
            // Logits far from each other, as those of models without a final norm, are rounded as much more.
            double spread = Math.max(1, exact / Math.log(model.spec().vocabSize()));
            assertThat(loss(gpu, pruned, samples)).isCloseTo(exact, within(ROUNDING * spread));
        }
    }

    /** The logarithm of the perplexity. */
    private static double loss(Device device, DecoderModel model, List<int[]> samples) {
        return Math.log(Perplexity.measure(device, model, samples, Progress.NONE).value());
    }
}
