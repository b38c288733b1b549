package org.wandagpu.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;
import org.wandagpu.tensor.DType;
import org.wandagpu.tensor.HostTensor;

class NonFiniteTest {

    private static HostTensor f16(long[] shape, int... bits) {
        short[] elements = new short[bits.length];
        for (int i = 0; i < bits.length; i++) {
            elements[i] = (short) bits[i];
        }
        return new HostTensor("w", DType.F16, shape, MemorySegment.ofArray(elements));
    }

    @Test
    void theFirstBadWeightIsNamedByRowAndColumn() {
        HostTensor tensor = f16(new long[] {2, 3}, 0, 0x7bff, 0x3c00, 0x8000, 0xfc00, 0x7e00);
        assertThat(NonFinite.first(tensor)).isEqualTo(new NonFinite("w", 1, 1, Float.NEGATIVE_INFINITY));
        assertThat(NonFinite.first(tensor)).hasToString("tensor w, row 1, column 1 is -Infinity");
    }

    @Test
    void everyTypeToComputeOnIsRead() {
        float[] floats = {1, Float.MAX_VALUE, Float.NaN};
        HostTensor f32 = new HostTensor("v", DType.F32, new long[] {3}, MemorySegment.ofArray(floats));
        assertThat(NonFinite.first(f32)).isEqualTo(new NonFinite("v", 0, 2, Float.NaN));
        HostTensor bf16 = new HostTensor("s", DType.BF16, new long[0], MemorySegment.ofArray(new short[] {0x7f80}));
        assertThat(NonFinite.first(bf16)).isEqualTo(new NonFinite("s", 0, 0, Float.POSITIVE_INFINITY));
        HostTensor i8 = new HostTensor("i", DType.I8, new long[] {1}, MemorySegment.ofArray(new byte[1]));
        assertThatThrownBy(() -> NonFinite.first(i8)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void finiteTensorsHaveNone() {
        assertThat(NonFinite.first(f16(new long[] {2, 2}, 0x7bff, 0xfbff, 1, 0))).isNull();
        assertThat(NonFinite.first(f16(new long[] {0, 2}))).isNull();
    }
}
