package org.wandagpu.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.wandagpu.compute.Device;
import org.wandagpu.compute.Tensor;
import org.wandagpu.compute.cpu.CpuDevice;
import org.wandagpu.device.Devices;
import org.wandagpu.eval.Perplexity;
import org.wandagpu.golden.GoldenModel;
import org.wandagpu.model.BlockWeights;
import org.wandagpu.model.DecoderBlock;
import org.wandagpu.model.DecoderModel;
import org.wandagpu.model.InputLayer;
import org.wandagpu.model.OutputHead;
import org.wandagpu.prune.ComparisonGroup;
import org.wandagpu.prune.LayerChoice;
import org.wandagpu.prune.Magnitude;
import org.wandagpu.prune.PruningMethod;
import org.wandagpu.prune.SparsityTarget;
import org.wandagpu.prune.Wanda;
import org.wandagpu.prune.WandaVariant;
import org.wandagpu.tensor.DType;
import org.wandagpu.tensor.NmPattern;

/** The whole way on the random models of the fixtures: every mask of the published code, bit for bit. */
class GoldenPruneTest {

    static final Map<String, PruningMethod> METHODS =
            Map.of("wanda", new Wanda(), "wanda-variant", new WandaVariant(), "magnitude", new Magnitude());

    static Stream<Arguments> runs() {
        return runsOn("cpu");
    }

    static Stream<Arguments> runsOn(String device) {
        return GoldenModel.NAMES.stream().map(GoldenModel::new).flatMap(model -> model.golden().get("runs").properties()
                .stream()
                .filter(run -> METHODS.containsKey(run.getValue().get("method").asText()))
                .map(run -> Arguments.of(device, model, run.getKey(), run.getValue())));
    }

    @ParameterizedTest(name = "{0}: {1} {2}")
    @MethodSource("runs")
    void masksAndPerplexityAreThoseOfThePublishedCode(String kind, GoldenModel golden, String name, JsonNode run) {
        DecoderModel model = golden.open();
        PruningMethod method = METHODS.get(run.get("method").asText());
        try (Device device = Devices.open(kind, 2, note -> { })) {
            KeptWeights kept = new KeptWeights();
            List<BlockReport> reports = new Pruner(device, model, method, LayerChoice.all(target(method, run)), kept,
                    Progress.NONE, new PhaseClock()).run(golden.samples());
            assertThat(device.allocatedBytes()).as("leaked bytes").isZero();

            for (String weight : model.prunableNames()) {
                assertThat(kept.mask(weight)).as(weight)
                        .isEqualTo(golden.results().bytes("mask." + name + "." + weight));
            }
            for (BlockReport report : reports) {
                report.zeros().forEach((weight, zeros) ->
                        assertThat(zeros).as(weight).isEqualTo(run.get("zeros").get(weight).asLong()));
            }
            DecoderModel pruned = model.withSource(kept.over(golden));
            double perplexity = Perplexity.measure(device, pruned, golden.windows(), Progress.NONE).value();
            double expected = run.get("perplexity").asDouble();
            assertThat(perplexity).isCloseTo(expected, within(expected * 1e-5));
            assertThat(logits(device, pruned, golden.samples().getFirst()))
                    .usingComparatorWithPrecision(1e-4f)
                    .containsExactly(golden.results().floats("logits." + name));
        }
    }

    static Stream<GoldenModel> models() {
        return GoldenModel.NAMES.stream().map(GoldenModel::new);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("models")
    void denseLogitsAndPerplexityAreThoseOfThePublishedCode(GoldenModel golden) {
        DecoderModel model = golden.open();
        try (Device device = new CpuDevice(2)) {
            assertThat(logits(device, model, golden.samples().getFirst()))
                    .usingComparatorWithPrecision(1e-4f)
                    .containsExactly(golden.results().floats("logits"));
            double expected = golden.golden().get("dense").get("perplexity").asDouble();
            assertThat(Perplexity.measure(device, model, golden.windows(), Progress.NONE).value())
                    .isCloseTo(expected, within(expected * 1e-5));
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("models")
    void statisticsAreThoseOfThePublishedCode(GoldenModel golden) {
        DecoderModel model = golden.open();
        try (Device device = new CpuDevice(2);
                Sequences sequences = new Sequences(device, model, golden.samples());
                DecoderBlock decoder =
                        model.decoderBlock(device, sequences.chunkTokens(), sequences.seqlen());
                InputLayer input = model.inputLayer(device);
                BlockWeights weights = model.placeBlock(device, 0);
                InputStatistics statistics = new InputStatistics(device, sequences.seqlen())) {
            sequences.embed(input);
            sequences.forEachChunk((first, states) -> {
                statistics.beginChunk(first);
                decoder.observe(weights, states, DecoderBlock.Call.sequences(0, sequences.seqlen()), statistics);
            });
            model.linearOrder().forEach(role -> {
                String linear = model.linearName(0, role).replace(".weight", "");
                float[] expected = golden.results().floats("scaler_row." + linear);
                float[] actual = statistics.of(role).toFloats();
                for (int j = 0; j < expected.length; j++) {
                    assertThat(actual[j]).as(linear + " channel " + j)
                            .isCloseTo(expected[j], within(expected[j] * 1e-5f));
                }
            });
        }
    }

    static SparsityTarget target(PruningMethod method, JsonNode run) {
        String pattern = run.get("pattern").asText();
        if (pattern.equals("unstructured")) {
            return new SparsityTarget.Unstructured(run.get("ratio").asDouble(), method.defaultGroup());
        }
        String[] parts = pattern.split(":");
        return new SparsityTarget.SemiStructured(
                new NmPattern(Integer.parseInt(parts[0]), Integer.parseInt(parts[1])));
    }

    static float[] logits(Device device, DecoderModel model, int[] ids) {
        try (Sequences sequences = new Sequences(device, model, List.of(ids));
                DecoderBlock decoder = model.decoderBlock(device, ids.length, ids.length);
                InputLayer input = model.inputLayer(device);
                OutputHead head = model.outputHead(device);
                Tensor logits = device.allocate(DType.F32, ids.length, model.spec().vocabSize())) {
            sequences.embed(input);
            for (int block = 0; block < model.spec().blocks(); block++) {
                try (BlockWeights weights = model.placeBlock(device, block)) {
                    decoder.forward(weights, ((DeviceStates) sequences.hidden()).tensor(),
                            DecoderBlock.Call.sequences(block, ids.length));
                }
            }
            head.logits(((DeviceStates) sequences.hidden()).tensor(), logits);
            return logits.toFloats();
        }
    }
}
