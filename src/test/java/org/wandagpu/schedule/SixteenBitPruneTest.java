package org.wandagpu.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.wandagpu.compute.Device;
import org.wandagpu.compute.RoundedDevice;
import org.wandagpu.compute.cpu.CpuDevice;
import org.wandagpu.device.Devices;
import org.wandagpu.eval.Perplexity;
import org.wandagpu.golden.GoldenModel;
import org.wandagpu.model.DecoderModel;
import org.wandagpu.prune.LayerChoice;
import org.wandagpu.prune.PruningMethod;
import org.wandagpu.tensor.DType;

/**
 * The whole way on the simulated GPU with 16-bit activations, on the random models of the fixtures: masks equal those of
 * the CPU with the same roundings, but for near ties that the order of sums decides; perplexities are the published.
 */
class SixteenBitPruneTest {

    /** Of all weights: what may fall to the other side of a threshold. */
    private static final double NEAR_TIES = 2e-3;

    static Stream<Arguments> runs() {
        return GoldenPruneTest.runsOn("sim");
    }

    @ParameterizedTest(name = "{0}: {1} {2}")
    @MethodSource("runs")
    void masksAreThoseOfTheCpuWithTheSameRoundings(String kind, GoldenModel golden, String name, JsonNode run) {
        DecoderModel model = golden.open();
        KeptWeights kept = new KeptWeights();
        double perplexity;
        try (Device device = Devices.open(kind, 2, note -> { })) {
            prune(device, golden, model, run, kept);
            perplexity = Perplexity.measure(device, model.withSource(kept.over(golden)), golden.windows(), Progress.NONE)
                    .value();
        }
        double expected = run.get("perplexity").asDouble();
        assertThat(perplexity).isCloseTo(expected, within(expected * 5e-3));

        KeptWeights rounded = new KeptWeights();
        try (Device cpu = new RoundedDevice(new CpuDevice(2), activations(model))) {
            prune(cpu, golden, model, run, rounded);
        }
        long weights = 0;
        long different = 0;
        for (String weight : model.prunableNames()) {
            byte[] mask = kept.mask(weight);
            byte[] other = rounded.mask(weight);
            weights += mask.length;
            for (int i = 0; i < mask.length; i++) {
                different += mask[i] == other[i] ? 0 : 1;
            }
        }
        assertThat(different / (double) weights).as("%d of %d weights differ", different, weights)
                .isLessThanOrEqualTo(NEAR_TIES);
    }

    private static DType activations(DecoderModel model) {
        try (Device sim = Devices.open("sim", 1, note -> { })) {
            return model.activations(sim);
        }
    }

    private static void prune(Device device, GoldenModel golden, DecoderModel model, JsonNode run, KeptWeights kept) {
        PruningMethod method = GoldenPruneTest.METHODS.get(run.get("method").asText());
        new Pruner(device, model, method, LayerChoice.all(GoldenPruneTest.target(method, run)), kept, Progress.NONE,
                new PhaseClock()).run(golden.samples());
    }
}
