package org.wandagpu.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wandagpu.compute.Device;
import org.wandagpu.compute.cpu.CpuDevice;
import org.wandagpu.failure.BadInputException;
import org.wandagpu.generate.SelfCalibration.Options;
import org.wandagpu.made.MadeCheckpoint;
import org.wandagpu.made.MadeModel;
import org.wandagpu.model.DecoderModel;
import org.wandagpu.model.Forward;
import org.wandagpu.schedule.Progress;

/** Samples that the model draws itself. */
class SelfCalibrationTest {

    private static final int SEQLEN = 24;

    @TempDir
    private Path folder;
    private DecoderModel model;

    @BeforeEach
    void open() {
        model = MadeModel.open(MadeCheckpoint.of("qwen3").write(folder));
    }

    private List<int[]> draw(int threads, int nsamples, long seed, OptionalInt first) {
        try (Device device = new CpuDevice(threads)) {
            List<int[]> samples =
                    SelfCalibration.draw(device, model, new Options(nsamples, SEQLEN, seed, first), Progress.NONE);
            assertThat(device.allocatedBytes()).as("leaked bytes").isZero();
            return samples;
        }
    }

    @Test
    void sampleIsTheSameForAnyNumberOfSamplesAndThreads() {
        List<int[]> many = draw(2, 21, 7, OptionalInt.of(1));
        assertThat(many).hasSize(21).allSatisfy(sample -> assertThat(sample).hasSize(SEQLEN).startsWith(1));
        List<int[]> few = draw(7, 3, 7, OptionalInt.of(1));
        for (int i = 0; i < 3; i++) {
            assertThat(few.get(i)).isEqualTo(many.get(i));
        }
        assertThat(many.stream().map(List::of).distinct().count()).isEqualTo(21);
    }

    @Test
    void anotherSeedGivesOtherSamples() {
        int[] one = draw(2, 1, 8, OptionalInt.of(1)).getFirst();
        assertThat(draw(2, 1, 9, OptionalInt.of(1)).getFirst()).isNotEqualTo(one);
    }

    @Test
    void withoutABeginningTokenSamplesBeginAnywhere() {
        List<int[]> samples = draw(2, 16, 3, OptionalInt.empty());
        assertThat(samples.stream().mapToInt(sample -> sample[0]).distinct().count()).isGreaterThan(8);
    }

    /** Where tokens follow the model's distribution, the mean log-likelihood of what is drawn is minus the entropy. */
    @Test
    void tokensFollowTheModelsDistribution() {
        List<int[]> samples = draw(2, 32, 11, OptionalInt.of(1));
        double surprise = 0;
        double entropy = 0;
        double variance = 0;
        try (Device device = new CpuDevice(2)) {
            for (int[] sample : samples) {
                float[] logits = Forward.logits(device, model, sample);
                for (int t = 0; t + 1 < sample.length; t++) {
                    double[] p = softmax(logits, t * 101, 101);
                    double mean = 0;
                    double square = 0;
                    for (double value : p) {
                        mean -= value * Math.log(value);
                        square += value * Math.log(value) * Math.log(value);
                    }
                    surprise -= Math.log(p[sample[t + 1]]);
                    entropy += mean;
                    variance += square - mean * mean;
                }
            }
        }
        assertThat(Math.abs(surprise - entropy)).as("sum of surprise %s, of entropy %s, seed 11", surprise, entropy)
                .isLessThan(4 * Math.sqrt(variance));
    }

    private static double[] softmax(float[] logits, int from, int count) {
        double[] p = new double[count];
        double sum = 0;
        for (int v = 0; v < count; v++) {
            p[v] = Math.exp(logits[from + v]);
            sum += p[v];
        }
        for (int v = 0; v < count; v++) {
            p[v] /= sum;
        }
        return p;
    }

    @Test
    void moreThanTheModelCanIsRefused() {
        try (Device device = new CpuDevice(1)) {
            assertThatThrownBy(() -> SelfCalibration.draw(device, model, new Options(1, 65, 0, OptionalInt.empty()),
                    Progress.NONE)).isInstanceOf(BadInputException.class)
                    .hasMessage("seqlen 65 is beyond the model's 64 positions; lower --seqlen");
            assertThatThrownBy(() -> SelfCalibration.draw(device, model, new Options(1, 8, 0, OptionalInt.of(101)),
                    Progress.NONE)).isInstanceOf(BadInputException.class)
                    .hasMessageContaining("101, is outside the model's vocabulary of 101");
        }
    }

    @Test
    void memoryThatIsPlannedIsTheMemoryThatIsUsed() {
        try (Device device = new CpuDevice(1)) {
            SelfCalibration.draw(device, model, new Options(1, SEQLEN, 0, OptionalInt.of(1)), Progress.NONE);
            assertThat(device.peakAllocatedBytes()).isEqualTo(SelfCalibration.memoryBytes(device, model, SEQLEN));
        }
    }
}
