package org.wandagpu.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.wandagpu.compute.Device;
import org.wandagpu.compute.cpu.CpuDevice;
import org.wandagpu.made.FamilyCases;
import org.wandagpu.made.FamilyCases.FamilyCase;
import org.wandagpu.made.MadeModel;
import org.wandagpu.model.BlockWeights;
import org.wandagpu.model.DecoderBlock;
import org.wandagpu.model.DecoderBlock.Call;
import org.wandagpu.model.DecoderModel;
import org.wandagpu.model.InputLayer;
import org.wandagpu.model.LinearRole;
import org.wandagpu.oracle.OracleTransformer;
import org.wandagpu.prune.ComparisonGroup;
import org.wandagpu.prune.LayerChoice;
import org.wandagpu.prune.SparsityTarget;
import org.wandagpu.prune.Wanda;
import org.wandagpu.tensor.DType;

/**
 * Statistics and masks of a Wanda prune of every variant against the oracle in double, block by block in the order of
 * reference-semantics §1: statistics of the dense block, then propagation through the pruned one.
 */
class FamilyPruneTest {

    private static final int NSAMPLES = 5;
    private static final int SEQLEN = 20;
    private static final double SPARSITY = 0.5;
    /** Relative error of an fp32 statistic after a few blocks; the published code's own differ as much. */
    private static final double STATISTIC_TOLERANCE = 1e-5;

    @TempDir
    private Path folder;

    /** Rotation and spelling of names change no wiring: a variant of each wiring and element type is enough. */
    private static final Set<String> CASES = Set.of("llama attention_bias", "llama mlp_bias", "llama head_dim",
            "llama F16 sharded odd", "llama BF16 with F32 norms", "llama gelu_new", "mistral", "qwen2",
            "qwen2 window from block 1", "qwen3", "qwen3 tied F16", "opt", "opt 350m", "opt post-norm",
            "opt without biases", "opt plain norms", "opt all positions", "bloom 6 heads", "bloom residual after norm",
            "neox", "neox sequential", "neox without attention_bias", "neox relu");

    static List<FamilyCase> cases() {
        List<FamilyCase> cases = FamilyCases.all().stream().filter(variant -> CASES.contains(variant.name())).toList();
        assertThat(cases).hasSize(CASES.size());
        return cases;
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void statisticsAndMasksAreThoseOfTheOracle(FamilyCase variant) {
        variant.checkpoint().write(folder);
        MadeModel source = new MadeModel(folder);
        DecoderModel model = source.open();
        List<int[]> samples = samples(model.spec().vocabSize());
        KeptWeights kept = new KeptWeights();
        try (Device device = new CpuDevice(2)) {
            LayerChoice half = LayerChoice.all(new SparsityTarget.Unstructured(SPARSITY, ComparisonGroup.ROW));
            new Pruner(device, model, new Wanda(), half, kept, Progress.NONE, new PhaseClock()).run(samples);
            DecoderModel pruned = model.withSource(kept.over(source));
            OracleTransformer oracle = new OracleTransformer(folder);
            List<double[][]> states = new ArrayList<>();
            samples.forEach(ids -> states.add(oracle.embed(ids)));
            try (Sequences sequences = new Sequences(device, model, samples);
                    InputLayer input = model.inputLayer(device)) {
                sequences.embed(input);
                for (int block = 0; block < model.spec().blocks(); block++) {
                    Map<String, double[]> expected = statistics(oracle, block, states);
                    Map<LinearRole, float[]> actual = statistics(device, model, pruned, block, sequences);
                    for (LinearRole role : model.linearOrder()) {
                        String name = model.linearName(block, role);
                        double[] s = expected.get(OracleTransformer.bareLinear(name));
                        requireSameStatistic(name, actual.get(role), s);
                        requireSameMask(name, kept.mask(name), oracle.weight(name), s);
                        prune(oracle.weight(name), kept.mask(name));
                    }
                    for (int i = 0; i < states.size(); i++) {
                        states.set(i, oracle.block(block, states.get(i), (_, _) -> { }));
                    }
                }
            }
            assertThat(device.allocatedBytes()).as("leaked bytes").isZero();
        }
    }

    private static List<int[]> samples(int vocabulary) {
        List<int[]> samples = new ArrayList<>();
        for (int i = 0; i < NSAMPLES; i++) {
            int[] ids = new int[SEQLEN];
            for (int t = 0; t < SEQLEN; t++) {
                ids[t] = (13 * i * i + 29 * t + 7 * i * t + 3) % vocabulary;
            }
            samples.add(ids);
        }
        return samples;
    }

    /** s of each linear layer of the block: the mean over sequences of the sum of squares over tokens. */
    private static Map<String, double[]> statistics(OracleTransformer oracle, int block, List<double[][]> states) {
        Map<String, double[]> s = new HashMap<>();
        for (double[][] x : states) {
            oracle.block(block, x, (linear, input) -> {
                double[] sums = s.computeIfAbsent(linear, _ -> new double[input[0].length]);
                for (double[] token : input) {
                    for (int j = 0; j < token.length; j++) {
                        sums[j] += token[j] * token[j] / states.size();
                    }
                }
            });
        }
        return s;
    }

    /** The program's statistics of the dense block; the sequences then go on through the pruned one. */
    private static Map<LinearRole, float[]> statistics(Device device, DecoderModel dense, DecoderModel pruned,
            int block, Sequences sequences) {
        Call call = Call.sequences(block, SEQLEN);
        Map<LinearRole, float[]> result = new HashMap<>();
        sequences.hidden().makeRoom(sequences.chunkTokens());
        try (DecoderBlock decoder = dense.decoderBlock(device, sequences.chunkTokens(), SEQLEN);
                BlockWeights before = dense.copyBlock(device, block);
                BlockWeights after = pruned.copyBlock(device, block);
                InputStatistics statistics = new InputStatistics(device, SEQLEN)) {
            sequences.observeEachChunk((first, states) -> {
                statistics.beginChunk(first);
                decoder.observe(before, states, call, statistics);
            });
            dense.linearOrder().forEach(role -> result.put(role, statistics.of(role).toFloats()));
            sequences.forEachChunk((_, x) -> decoder.forward(after, x, call));
        }
        return result;
    }

    private static void requireSameStatistic(String name, float[] actual, double[] expected) {
        double largest = Arrays.stream(expected).max().orElseThrow();
        for (int j = 0; j < expected.length; j++) {
            // Channels that are nearly zero are differences of larger numbers: a part of the largest one's rounding.
            double bound = STATISTIC_TOLERANCE * (expected[j] + 0.01 * largest);
            assertThat(Math.abs(actual[j] - expected[j]) <= bound)
                    .as("%s, channel %d: s = %s, oracle %s", name, j, actual[j], expected[j]).isTrue();
        }
    }

    /** Equal but for weights whose scores the fp32 statistic cannot tell from the threshold. */
    private static void requireSameMask(String name, byte[] mask, double[] weight, double[] s) {
        int columns = s.length;
        int zeroed = (int) (columns * SPARSITY);
        for (int row = 0; row < weight.length / columns; row++) {
            double[] scores = new double[columns];
            for (int j = 0; j < columns; j++) {
                scores[j] = Math.abs(weight[row * columns + j]) * Math.sqrt(s[j]);
            }
            double[] sorted = scores.clone();
            Arrays.sort(sorted);
            int zeros = 0;
            for (int j = 0; j < columns; j++) {
                boolean isZeroed = mask[row * columns + j] == 0;
                zeros += isZeroed ? 1 : 0;
                boolean tooHigh = isZeroed && scores[j] > sorted[zeroed - 1] * (1 + STATISTIC_TOLERANCE);
                boolean tooLow = !isZeroed && scores[j] < sorted[zeroed] * (1 - STATISTIC_TOLERANCE);
                assertThat(tooHigh || tooLow)
                        .as("%s, row %d, column %d, zeroed: %s, score %s, between %s and %s", name, row, j, isZeroed,
                                scores[j], sorted[zeroed - 1], sorted[zeroed])
                        .isFalse();
            }
            assertThat(zeros).as("%s, row %d", name, row).isEqualTo(zeroed);
        }
    }

    private static void prune(double[] weight, byte[] mask) {
        for (int i = 0; i < mask.length; i++) {
            weight[i] *= mask[i];
        }
    }
}
