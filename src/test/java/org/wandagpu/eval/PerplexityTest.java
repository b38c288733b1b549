package org.wandagpu.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wandagpu.compute.Device;
import org.wandagpu.compute.cpu.CpuDevice;
import org.wandagpu.failure.BadInputException;
import org.wandagpu.failure.WorkFailedException;
import org.wandagpu.made.MadeCheckpoint;
import org.wandagpu.made.MadeModel;
import org.wandagpu.oracle.OracleTransformer;
import org.wandagpu.schedule.Progress;
import org.wandagpu.tensor.DType;
import org.wandagpu.tensor.HostTensor;

/** Perplexity against its definition in double. */
class PerplexityTest {

    @TempDir
    private Path folder;
    private Path checkpoint;

    @BeforeEach
    void write() {
        checkpoint = MadeCheckpoint.of("opt").with("word_embed_proj_dim", 32).write(folder.resolve("checkpoint"));
    }

    private static List<int[]> windows(int count, int seqlen) {
        List<int[]> windows = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int[] ids = new int[seqlen];
            for (int t = 0; t < seqlen; t++) {
                ids[t] = (i * 31 + t * 17 + i * t) % 101;
            }
            windows.add(ids);
        }
        return windows;
    }

    private Perplexity measure(MadeModel model, List<int[]> windows) {
        try (Device device = new CpuDevice(2)) {
            Perplexity perplexity = Perplexity.measure(device, model.open(), windows, Progress.NONE);
            assertThat(device.allocatedBytes()).as("leaked bytes").isZero();
            return perplexity;
        }
    }

    @Test
    void isTheExponentialOfTheMeanOfTheWindowsMeanLosses() {
        OracleTransformer oracle = new OracleTransformer(checkpoint);
        List<int[]> windows = windows(6, 40);
        Perplexity measured = measure(new MadeModel(checkpoint), windows);
        double sum = 0;
        for (int i = 0; i < windows.size(); i++) {
            double loss = meanLoss(oracle.logits(windows.get(i)), windows.get(i));
            assertThat(measured.windowLosses().get(i)).as("window %d", i).isCloseTo(loss, within(1e-5));
            sum += loss;
        }
        assertThat(measured.value()).isCloseTo(Math.exp(sum / windows.size()), within(1e-3));
        assertThat(measured.tokensScored()).isEqualTo(6 * 39);
    }

    private static double meanLoss(double[][] logits, int[] ids) {
        double loss = 0;
        for (int t = 0; t + 1 < ids.length; t++) {
            double total = 0;
            for (double logit : logits[t]) {
                total += Math.exp(logit);
            }
            loss += Math.log(total) - logits[t][ids[t + 1]];
        }
        return loss / (ids.length - 1);
    }

    /** More windows than go through the blocks together. */
    @Test
    void windowsDoNotInfluenceEachOther() {
        List<int[]> windows = windows(150, 60);
        List<Double> all = measure(new MadeModel(checkpoint), windows).windowLosses();
        for (int i : new int[] {0, 77, 149}) {
            double alone = measure(new MadeModel(checkpoint), List.of(windows.get(i))).windowLosses().getFirst();
            assertThat(all.get(i)).as("window %d", i).isCloseTo(alone, within(1e-6));
        }
    }

    @Test
    void aLossThatIsNotFiniteIsNamedWithItsWindow() {
        MemorySegment huge = Arena.ofAuto().allocate(4 * 101 * 32, 8);
        MemorySegment.copy(new MadeModel(checkpoint).tensor("model.decoder.embed_tokens.weight").bytes(), 0, huge, 0,
                4 * 101 * 32);
        for (int i = 0; i < 32; i++) {
            huge.setAtIndex(ValueLayout.JAVA_FLOAT, 50 * 32 + i, Float.NaN);
        }
        MadeModel damaged = new MadeModel(checkpoint).with(
                new HostTensor("model.decoder.embed_tokens.weight", DType.F32, new long[] {101, 32}, huge));
        assertThatThrownBy(() -> measure(damaged, windows(3, 8))).isInstanceOf(WorkFailedException.class)
                .hasMessage("evaluation window 0: its loss is NaN; the model overflows on this text, so it has no"
                        + " perplexity");
    }

    @Test
    void windowsThatCannotBeMeasuredAreRefused() {
        MadeModel model = new MadeModel(checkpoint);
        assertThatThrownBy(() -> measure(model, List.of())).isInstanceOf(BadInputException.class)
                .hasMessage("there are no sequences of token ids to run on; give a longer text");
        assertThatThrownBy(() -> measure(model, windows(2, 1))).isInstanceOf(BadInputException.class)
                .hasMessage("evaluation windows of 1 token predict nothing; raise --seqlen");
        assertThatThrownBy(() -> measure(model, windows(2, 65))).isInstanceOf(BadInputException.class)
                .hasMessage("sequences have 65 tokens, the model has 64 positions; lower --seqlen");
        assertThatThrownBy(() -> measure(model, List.of(new int[8], new int[9]))).isInstanceOf(BadInputException.class)
                .hasMessage("sequence 1 has 9 tokens, sequence 0 has 8; give sequences of one length");
        assertThatThrownBy(() -> measure(model, List.of(new int[8], new int[] {0, 0, 0, 101, 0, 0, 0, 0})))
                .isInstanceOf(BadInputException.class)
                .hasMessage("sequence 1, token 3: id 101 is outside the model's vocabulary of 101; take the tokenizer"
                        + " and the weights of the same model");
    }

    /** Hidden states of a group and one block's workspace: the same for 2 and for 12 blocks. */
    @Test
    void memoryDoesNotGrowWithDepth() {
        long[] peaks = new long[2];
        int[] depths = {2, 12};
        for (int i = 0; i < 2; i++) {
            Path made = MadeCheckpoint.of("llama").with("num_hidden_layers", depths[i])
                    .write(folder.resolve("depth" + i));
            try (Device device = new CpuDevice(1)) {
                Perplexity.measure(device, MadeModel.open(made), windows(4, 16), Progress.NONE);
                peaks[i] = device.peakAllocatedBytes();
            }
        }
        assertThat(peaks[1]).isEqualTo(peaks[0]);
    }
}
