package org.wandagpu.compute.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.wandagpu.compute.Device;
import org.wandagpu.compute.Tensor;
import org.wandagpu.oracle.OracleWeights;
import org.wandagpu.oracle.OracleWeights.Kind;
import org.wandagpu.tensor.DType;

class ElementsTest {

    private static final long SEED = 20260707;
    private static final DType[] TYPES = {DType.F32, DType.F16, DType.BF16};

    static Stream<Arguments> kindsAndTypes() {
        return Stream.of(TYPES).flatMap(dtype -> Stream.of(Kind.values()).map(kind -> Arguments.of(dtype, kind)));
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("kindsAndTypes")
    void zerosOfBothSignsAreCountedAndNonFiniteValuesSeen(DType dtype, Kind kind) {
        for (int[] shape : new int[][] {{1, 1}, {3, 31}, {7, 64}, {900, 101}}) {
            OracleWeights weights = OracleWeights.random(kind, dtype, shape[0], shape[1], SEED);
            long zeros = 0;
            boolean finite = true;
            for (int i = 0; i < shape[0] * shape[1]; i++) {
                float value = weights.value(i / shape[1], i % shape[1]);
                zeros += value == 0 ? 1 : 0;
                finite &= Float.isFinite(value);
            }
            for (int threads : new int[] {1, 2, 7}) {
                try (Device device = new CpuDevice(threads); Tensor tensor = weights.on(device)) {
                    String where = "seed " + SEED + ", threads " + threads;
                    assertThat(device.ops().countZeros(tensor)).as(where).isEqualTo(zeros);
                    assertThat(device.ops().allFinite(tensor)).as(where).isEqualTo(finite);
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(value = DType.class, names = {"F32", "F16", "BF16"})
    void oneNonFiniteValueIsFoundAnywhere(DType dtype) {
        float[] bad = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY};
        Random random = new Random(SEED);
        try (Device device = new CpuDevice(2)) {
            for (int at = 0; at < 150; at++) {
                float[][] values = new float[3][50];
                for (float[] row : values) {
                    Arrays.fill(row, dtype == DType.F16 ? 65504f : 3.38e38f);
                }
                values[at / 50][at % 50] = bad[random.nextInt(bad.length)];
                try (Tensor tensor = OracleWeights.of(dtype, values).on(device)) {
                    assertThat(device.ops().allFinite(tensor)).as("at %d", at).isFalse();
                }
                values[at / 50][at % 50] = 0;
                try (Tensor tensor = OracleWeights.of(dtype, values).on(device)) {
                    assertThat(device.ops().allFinite(tensor)).as("at %d", at).isTrue();
                    assertThat(device.ops().countZeros(tensor)).isEqualTo(1);
                }
            }
        }
    }
}
