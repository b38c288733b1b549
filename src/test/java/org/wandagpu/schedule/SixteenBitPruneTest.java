package org.wandagpu.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
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
 * the CPU with the same roundings, but for near ties that the order of sums decides. Perplexities of the same weights are
 * the published; a few of the masks that 16-bit statistics give to these random models, which have many near ties, change
 * the perplexity by 1 to 4 %, on the CPU as here.
 */
@Execution(ExecutionMode.CONCURRENT) // minutes in all; every case has devices of its own
class SixteenBitPruneTest {

    /** Of all weights: what may fall to the other side of a threshold. */
    private static final double NEAR_TIES = 2e-3;

    /** Of the perplexity, for what 16-bit activations change in the evaluation of the same weights. */
    private static final double ROUNDING = 5e-3;

    static Stream<Arguments> runs() {
        return GoldenPruneTest.runsOn("sim").filter(run -> !((String) run.get()[2]).startsWith("magnitude"));
    }

    @ParameterizedTest(name = "{0}: {1} {2}")
    @MethodSource("runs")
    void masksAreThoseOfTheCpuWithTheSameRoundings(String kind, GoldenModel golden, String name, JsonNode run) {
        DecoderModel model = golden.open();
        KeptWeights kept = new KeptWeights();
        double perplexity;
        DType activations;
        try (Device device = Devices.open(kind, 2, note -> { })) {
            activations = model.activations(device);
            prune(device, golden, model, run, kept);
            perplexity = perplexity(device, golden, model, kept);
        }
        KeptWeights rounded = new KeptWeights();
        try (Device cpu = new CpuDevice(1)) {
            double exact = perplexity(cpu, golden, model, kept);
            assertThat(perplexity).isCloseTo(exact, within(exact * ROUNDING));
            Device rounding = new RoundedDevice(cpu, activations);
            prune(rounding, golden, model, run, rounded);
        }
        assertThat(kept.shareOfOtherMasks(rounded)).isLessThanOrEqualTo(NEAR_TIES);
    }

    static Stream<GoldenModel> models() {
        return GoldenPruneTest.models();
    }

    /** Magnitude needs no activations, so its masks, and with them the model that is evaluated, are the published. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("models")
    void perplexitiesAreThePublished(GoldenModel golden) {
        DecoderModel model = golden.open();
        try (Device device = Devices.open("sim", 1, note -> { })) {
            double dense = golden.golden().get("dense").get("perplexity").asDouble();
            assertThat(Perplexity.measure(device, model, golden.windows(), Progress.NONE).value())
                    .isCloseTo(dense, within(dense * ROUNDING));
            for (String name : List.of("magnitude-unstructured-0.5", "magnitude-2:4")) {
                JsonNode run = golden.golden().get("runs").get(name);
                KeptWeights kept = new KeptWeights();
                prune(device, golden, model, run, kept);
                for (String weight : model.prunableNames()) {
                    assertThat(kept.mask(weight)).as(weight)
                            .isEqualTo(golden.results().bytes("mask." + name + "." + weight));
                }
                double published = run.get("perplexity").asDouble();
                assertThat(perplexity(device, golden, model, kept)).as(name)
                        .isCloseTo(published, within(published * ROUNDING));
            }
        }
    }

    private static double perplexity(Device device, GoldenModel golden, DecoderModel model, KeptWeights kept) {
        return Perplexity.measure(device, model.withSource(kept.over(golden)), golden.windows(), Progress.NONE).value();
    }

    private static void prune(Device device, GoldenModel golden, DecoderModel model, JsonNode run, KeptWeights kept) {
        PruningMethod method = GoldenPruneTest.METHODS.get(run.get("method").asText());
        new Pruner(device, model, method, LayerChoice.all(GoldenPruneTest.target(method, run)), kept, Progress.NONE,
                new PhaseClock()).run(golden.samples());
    }
}
