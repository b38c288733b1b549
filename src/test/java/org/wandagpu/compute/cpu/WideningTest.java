package org.wandagpu.compute.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.wandagpu.tensor.DType;
import org.wandagpu.tensor.Half;

class WideningTest {

    private static final int PATTERNS = 1 << 16;

    @ParameterizedTest(name = "{0}, {1} bytes past an aligned address")
    @CsvSource({"F16, 0", "F16, 1", "F16, 2", "BF16, 0", "BF16, 1", "BF16, 2"})
    void everyPatternWidensExactly(DType dtype, int misalignment) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment source = everyPattern(arena, misalignment);
            float[] widened = new float[PATTERNS];
            // Often enough to meet interpreted and compiled code.
            for (int round = 0; round < 50; round++) {
                Arrays.fill(widened, 0);
                Widening.toFloats(source, dtype, 0, PATTERNS, widened, 0);
                for (int pattern = 0; pattern < PATTERNS; pattern++) {
                    int expected = Float.floatToRawIntBits(one(dtype, (short) pattern));
                    if (Float.floatToRawIntBits(widened[pattern]) != expected) {
                        assertThat(Float.floatToRawIntBits(widened[pattern])).as("%s pattern %04x", dtype, pattern)
                                .isEqualTo(expected);
                    }
                }
            }
        }
    }

    @Test
    void knownPatternsHaveTheirValues() {
        // Largest, smallest normal, smallest subnormal, one, -0, infinity.
        assertThat(widenAll(DType.F16, 0x7BFF, 0x0400, 0x0001, 0x3C00, 0x8000, 0x7C00)).containsExactly(
                65504f, 0x1p-14f, 0x1p-24f, 1f, -0f, Float.POSITIVE_INFINITY);
        assertThat(widenAll(DType.BF16, 0x7F7F, 0x0080, 0x0001, 0x3F80, 0x8000, 0x7F80)).containsExactly(
                0x1.FEp127f, 0x1p-126f, 0x1p-133f, 1f, -0f, Float.POSITIVE_INFINITY);
        assertThat(Float.floatToRawIntBits(widenAll(DType.BF16, 0xFFC1)[0])).isEqualTo(0xFFC10000);
        assertThat(Float.floatToRawIntBits(widenAll(DType.F16, 0x7E01)[0])).isEqualTo(0x7FC02000);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 7, 8, 15, 16, 17, 31, 33, 64, 207})
    void onlyTheAskedElementsAreWritten(int count) {
        for (DType dtype : new DType[] {DType.F32, DType.F16, DType.BF16}) {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment source = everyPattern(arena, 1);
                float[] target = new float[count + 8];
                Arrays.fill(target, -7);
                Widening.toFloats(source, dtype, 1000, count, target, 3);
                for (int i = 0; i < target.length; i++) {
                    float expected = i < 3 || i >= 3 + count ? -7 : stored(source, dtype, 1000 + i - 3);
                    assertThat(target[i]).as("%s, count %d, element %d", dtype, count, i).isEqualTo(expected);
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(value = DType.class, names = {"F32", "F16", "BF16"}, mode = EnumSource.Mode.EXCLUDE)
    void otherTypesAreRefused(DType dtype) {
        assertThatThrownBy(() -> Widening.toFloats(MemorySegment.ofArray(new byte[64]), dtype, 0, 1, new float[1], 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("cannot compute on dtype=" + dtype);
    }

    private static MemorySegment everyPattern(Arena arena, int misalignment) {
        MemorySegment source = arena.allocate(2L * PATTERNS + misalignment, 64).asSlice(misalignment);
        for (int pattern = 0; pattern < PATTERNS; pattern++) {
            source.set(CpuTensor.SHORT, 2L * pattern, (short) pattern);
        }
        return source;
    }

    private static float[] widenAll(DType dtype, int... patterns) {
        short[] bits = new short[patterns.length];
        for (int i = 0; i < bits.length; i++) {
            bits[i] = (short) patterns[i];
        }
        float[] widened = new float[bits.length];
        Widening.toFloats(MemorySegment.ofArray(bits), dtype, 0, bits.length, widened, 0);
        return widened;
    }

    private static float stored(MemorySegment source, DType dtype, int element) {
        return dtype == DType.F32 ? source.get(CpuTensor.FLOAT, 4L * element)
                : one(dtype, source.get(CpuTensor.SHORT, 2L * element));
    }

    private static float one(DType dtype, short bits) {
        return dtype == DType.F16 ? Half.fromF16(bits) : Half.fromBf16(bits);
    }
}
